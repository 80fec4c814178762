-- Orders to enrol a person at a device, the latest first: each upload of what was enrolled looks for its order.
CREATE INDEX command_enrolling ON command (device, id)
	WHERE kind IN ('enroll_card', 'enroll_fingerprint', 'enroll_biodata');
