-- What an access unit is given: how it gets verify modes, and QR codes.
ALTER TABLE device_access ADD COLUMN verify_style bytea, ADD COLUMN qr_type bigint, ADD COLUMN qr_key bytea;
