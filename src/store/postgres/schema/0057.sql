-- When rows of a table of an access unit went last: an answer to a query from before that brings none back;
-- and how many such answers came one after the other. The name * is every table of the unit.
ALTER TABLE device_table_state ADD COLUMN removed_ms bigint;
ALTER TABLE device_table_state ADD COLUMN late bigint;
