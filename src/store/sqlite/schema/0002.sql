-- Terminals are devices that are called: at this address, so often, listened to in between.
ALTER TABLE device ADD COLUMN terminal TEXT;
ALTER TABLE device ADD COLUMN read_interval_s INTEGER;
ALTER TABLE device ADD COLUMN live INTEGER;
