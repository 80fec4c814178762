-- The doors that a token may act on; empty: any. And the names that callers gave their orders, so that one that
-- is sent again is the same order.
ALTER TABLE token ADD COLUMN doors TEXT NOT NULL DEFAULT '';
CREATE TABLE order_key (
	token INTEGER NOT NULL,
	name TEXT NOT NULL,
	command INTEGER NOT NULL,
	made_ms INTEGER NOT NULL,
	PRIMARY KEY (token, name)
) WITHOUT ROWID;
CREATE INDEX order_key_age ON order_key (made_ms);
