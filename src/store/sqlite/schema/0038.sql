-- Sub-controllers of access units: by whose main controller they reach the server, and how far they are.
ALTER TABLE device_access ADD COLUMN parent TEXT;
ALTER TABLE device_access ADD COLUMN sub_step INTEGER;
ALTER TABLE device_access ADD COLUMN sub_online INTEGER;
