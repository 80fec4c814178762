-- Rows of a day that a device counts and that are no punches of their own: the same again in one second, or kept in
-- quarantine (core/comparison_step.h). And how many these are in all, what is gone from the log, and what failed.
CREATE TABLE comparison_extra (
	device INTEGER NOT NULL,
	day INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (device, day)
) WITHOUT ROWID;
ALTER TABLE device_comparison ADD COLUMN extra INTEGER;
ALTER TABLE device_comparison ADD COLUMN first_to INTEGER;
ALTER TABLE device_comparison ADD COLUMN first_rows INTEGER;
ALTER TABLE device_comparison ADD COLUMN shrunk INTEGER;
ALTER TABLE device_comparison ADD COLUMN failed INTEGER;
ALTER TABLE device_comparison ADD COLUMN failed_code INTEGER;
ALTER TABLE device_comparison ADD COLUMN fails INTEGER;
