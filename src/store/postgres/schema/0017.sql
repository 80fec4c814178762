-- Texts as the device wrote them; the text beside each is derived from its bytes.
ALTER TABLE id_card ADD COLUMN name_bytes bytea;
ALTER TABLE id_card ADD COLUMN address_bytes bytea;
ALTER TABLE id_card ADD COLUMN additional_info_bytes bytea;
ALTER TABLE id_card ADD COLUMN issuer_bytes bytea;
ALTER TABLE id_card ADD COLUMN reserve_bytes bytea;
ALTER TABLE id_card ADD COLUMN notice_bytes bytea;
ALTER TABLE work_code ADD COLUMN name_bytes bytea;
