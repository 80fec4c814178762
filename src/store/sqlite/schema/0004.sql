-- Commands by meaning. `kind` is a name of model/command_kind.def, NULL until the program has
-- read the words of a command that was stored before; `arguments` is one name=value a line. From
-- then on `text` is what people may see: the words a device gets, with secrets hidden.
ALTER TABLE command ADD COLUMN kind TEXT;
ALTER TABLE command ADD COLUMN arguments TEXT NOT NULL DEFAULT '';
ALTER TABLE command ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';

CREATE INDEX command_untyped ON command (id) WHERE kind IS NULL;

DROP VIEW v_command;
CREATE VIEW v_command AS
SELECT c.id AS id, d.sn AS device_serial, c.text AS command,
	CASE c.state WHEN 0 THEN 'queued' WHEN 1 THEN 'sent' WHEN 2 THEN 'deferred'
		WHEN 3 THEN 'acknowledged' WHEN 4 THEN 'failed' WHEN 5 THEN 'expired'
		WHEN 6 THEN 'cancelled' WHEN 7 THEN 'uncertain' END AS status,
	c.return_code AS return_code, c.result AS result, c.sub_serial AS sub_serial,
	c.tries AS tries,
	strftime('%Y-%m-%dT%H:%M:%S', c.created_ms / 1000, 'unixepoch')
		|| printf('.%03dZ', c.created_ms % 1000) AS created_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.sent_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.sent_ms % 1000) AS sent_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.done_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.done_ms % 1000) AS done_at,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(c.expires_ms, 0) / 1000, 'unixepoch')
		|| printf('.%03dZ', c.expires_ms % 1000) AS expires_at,
	c.kind AS kind, nullif(c.asked_by, '') AS asked_by
FROM command c JOIN device d ON d.id = c.device;
