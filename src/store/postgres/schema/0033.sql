-- Pictures of linkages, and the events that they are of; pictures of identity cards as a file.
ALTER TABLE photo ADD COLUMN event_index bigint, ADD COLUMN event_seq bigint;
ALTER TABLE id_card ADD COLUMN photo_jpg bytea;
