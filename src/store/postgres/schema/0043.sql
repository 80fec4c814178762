-- The doors that a token may act on; empty: any. And the names that callers gave their orders, so that one that
-- is sent again is the same order.
ALTER TABLE token ADD COLUMN doors bytea NOT NULL DEFAULT '';
CREATE TABLE order_key (
	token bigint NOT NULL,
	name bytea NOT NULL,
	command bigint NOT NULL,
	made_ms bigint NOT NULL,
	PRIMARY KEY (token, name)
);
CREATE INDEX order_key_age ON order_key (made_ms);
