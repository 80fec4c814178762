-- When a door itself showed that an order was carried out, and the number of its event.
ALTER TABLE command ADD COLUMN verified_ms bigint NOT NULL DEFAULT 0,
	ADD COLUMN verified_seq bigint NOT NULL DEFAULT 0;
