-- Templates and photos of the roster are brought to devices too, so it is kept which of those that are stored are no
-- longer on their device (`gone`) or were put there from the roster (`placed`), and what the bytes of a template are known by (SHA-256).
ALTER TABLE template ADD COLUMN digest bytea;
ALTER TABLE template ADD COLUMN gone bigint;
ALTER TABLE template ADD COLUMN placed bigint;
ALTER TABLE photo ADD COLUMN gone bigint;
ALTER TABLE photo ADD COLUMN placed bigint;
