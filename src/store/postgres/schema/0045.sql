-- The states of a unit's doors as they were last, to be shown after a restart until the unit reports them again.
ALTER TABLE device_access ADD COLUMN door_states bytea;
