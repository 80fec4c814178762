-- What units with Wiegand rules of version 2 hold of a card besides (model/entity.def).
ALTER TABLE card ADD COLUMN bits bigint;
ALTER TABLE card ADD COLUMN site_code bigint;
ALTER TABLE card ADD COLUMN imie bytea;
