-- How commands go to an access unit: in which format, and how many in a reply.
ALTER TABLE device_access ADD COLUMN command_format bigint, ADD COLUMN batch_commands bigint;
