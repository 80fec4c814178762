-- The last punch of the ledger when the log of the device was erased by a command: what is stored up to it
-- is not on the device any more.
ALTER TABLE device_attendance ADD COLUMN erased_seq INTEGER;
