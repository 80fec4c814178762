-- The streams. The last number of one is the larger of `last` and that of its newest row:
-- `last` is what the table cannot tell once its newest rows are gone. The id is eight random
-- letters, one for all streams of a store.
CREATE TABLE ledger (
	stream TEXT PRIMARY KEY,
	last INTEGER NOT NULL DEFAULT 0,
	id TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO ledger (stream, id)
SELECT 'punch', group_concat(char(97 + abs(random() % 26)), '')
FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
	UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8);

CREATE INDEX command_expiry ON command (expires_ms, id) WHERE state < 3;
