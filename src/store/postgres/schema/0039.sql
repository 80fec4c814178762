-- Sub-controllers of access units: by whose main controller they reach the server, and how far they are.
ALTER TABLE device_access ADD COLUMN parent bytea, ADD COLUMN sub_step bigint, ADD COLUMN sub_online bigint;
