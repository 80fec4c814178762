-- How many rows of a table one command of a plan may have for this unit.
ALTER TABLE device_access ADD COLUMN rows_per_command INTEGER;
