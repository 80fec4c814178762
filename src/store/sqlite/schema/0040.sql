-- When a door itself showed that an order was carried out, and the number of its event.
ALTER TABLE command ADD COLUMN verified_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE command ADD COLUMN verified_seq INTEGER NOT NULL DEFAULT 0;
