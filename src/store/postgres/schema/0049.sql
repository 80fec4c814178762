-- Whether plans that the server makes for an access unit run by themselves.
ALTER TABLE device_access ADD COLUMN sync bytea;
