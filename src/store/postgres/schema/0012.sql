-- Where a device showed the comm key that is expected of it: nothing of it is taken from elsewhere.
-- Until now the key was looked at in a handshake only; the address it last came from counts.
ALTER TABLE device ADD COLUMN proven_address bytea;
UPDATE device SET proven_address = address WHERE comm_key <> ''::bytea;
