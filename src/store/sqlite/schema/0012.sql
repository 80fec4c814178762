-- The name of a person as the device wrote it; `name` is derived from it.
ALTER TABLE person ADD COLUMN name_bytes BLOB;
