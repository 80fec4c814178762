-- What a token may be used for is a set of words, parted by blanks (model/token_scope.def). It
-- was a ladder: each of read, write and admin had what stood before it, and writing opened doors.
ALTER TABLE token ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
UPDATE token SET scopes = CASE scope WHEN 0 THEN 'read' WHEN 1 THEN 'read write door'
	WHEN 2 THEN 'admin' ELSE '' END;
ALTER TABLE token DROP COLUMN scope;
