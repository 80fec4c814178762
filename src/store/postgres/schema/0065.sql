-- What is wrong with the content of a template, a picture or an identity card, in a word; empty: nothing that shows.
-- What was stored before has none until it is uploaded again.
ALTER TABLE template ADD COLUMN content_fault bytea;
ALTER TABLE photo ADD COLUMN content_fault bytea;
ALTER TABLE id_card ADD COLUMN content_fault bytea;
CREATE INDEX template_fault ON template (device) WHERE content_fault <> '';
CREATE INDEX photo_fault ON photo (device) WHERE content_fault <> '';
CREATE INDEX id_card_fault ON id_card (device) WHERE content_fault <> '';
