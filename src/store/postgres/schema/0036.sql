-- Who did what, and what became of it (model/audit.h). Rows are only added: nothing changes or deletes
-- one, and nothing refers to one, so that they outlive what they are about.
CREATE TABLE audit (
	seq bigint PRIMARY KEY,
	at_ms bigint NOT NULL,
	command bigint NOT NULL,
	actor bytea NOT NULL,
	actor_id bigint NOT NULL,
	done_by bytea NOT NULL,
	address bytea NOT NULL,
	action bytea NOT NULL,
	subject bytea NOT NULL,
	outcome bytea NOT NULL,
	before bytea NOT NULL,
	after bytea NOT NULL,
	reason bytea NOT NULL
);
CREATE INDEX audit_command ON audit (command) WHERE command > 0;
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE FUNCTION gh_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'rows of the audit stay as they are';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
	FOR EACH STATEMENT EXECUTE FUNCTION gh_audit_stays();
INSERT INTO ledger (stream, id) SELECT 'audit'::bytea, id FROM ledger WHERE stream = 'punch'::bytea;
