-- Punches of files are no part of the log of a device, also after they were removed for their age.
ALTER TABLE punch_removed ADD COLUMN imported bigint NOT NULL DEFAULT 0;
