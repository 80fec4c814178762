-- Texts as the device wrote them; the text beside each is derived from its bytes.
ALTER TABLE id_card ADD COLUMN name_bytes BLOB;
ALTER TABLE id_card ADD COLUMN address_bytes BLOB;
ALTER TABLE id_card ADD COLUMN additional_info_bytes BLOB;
ALTER TABLE id_card ADD COLUMN issuer_bytes BLOB;
ALTER TABLE id_card ADD COLUMN reserve_bytes BLOB;
ALTER TABLE id_card ADD COLUMN notice_bytes BLOB;
ALTER TABLE work_code ADD COLUMN name_bytes BLOB;
