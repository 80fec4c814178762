-- Whose mark it is, so that those of programs that were killed can be distinguished from those in use, and
-- since when its connection is known to be gone.
ALTER TABLE node_mark ADD COLUMN backend integer, ADD COLUMN backend_start timestamptz,
	ADD COLUMN gone timestamptz;
