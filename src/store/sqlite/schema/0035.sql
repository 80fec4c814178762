-- Who did what, and what became of it (model/audit.h). Rows are only added: nothing changes or deletes
-- one, and nothing refers to one, so that they outlive what they are about.
CREATE TABLE audit (
	seq INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	command INTEGER NOT NULL,
	actor TEXT NOT NULL,
	actor_id INTEGER NOT NULL,
	done_by TEXT NOT NULL,
	address TEXT NOT NULL,
	action TEXT NOT NULL,
	subject TEXT NOT NULL,
	outcome TEXT NOT NULL,
	before TEXT NOT NULL,
	after TEXT NOT NULL,
	reason TEXT NOT NULL
);
CREATE INDEX audit_command ON audit (command) WHERE command > 0;
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit stay as they are');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit stay');
END;
INSERT INTO ledger (stream, id) SELECT 'audit', id FROM ledger WHERE stream = 'punch';
