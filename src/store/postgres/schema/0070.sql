-- Rows of a day that a device counts and that are no punches of their own: the same again in one second, or kept in
-- quarantine (core/comparison_step.h). And how many these are in all, what is gone from the log, and what failed.
CREATE TABLE comparison_extra (
	device bigint NOT NULL,
	day bigint NOT NULL,
	n bigint NOT NULL,
	PRIMARY KEY (device, day)
);
ALTER TABLE device_comparison ADD COLUMN extra bigint;
ALTER TABLE device_comparison ADD COLUMN first_to bigint;
ALTER TABLE device_comparison ADD COLUMN first_rows bigint;
ALTER TABLE device_comparison ADD COLUMN shrunk bigint;
ALTER TABLE device_comparison ADD COLUMN failed bigint;
ALTER TABLE device_comparison ADD COLUMN failed_code bigint;
ALTER TABLE device_comparison ADD COLUMN fails bigint;
