-- What an access unit is given: how it gets verify modes, and QR codes.
ALTER TABLE device_access ADD COLUMN verify_style TEXT;
ALTER TABLE device_access ADD COLUMN qr_type INTEGER;
ALTER TABLE device_access ADD COLUMN qr_key TEXT;
