-- What is wrong with the content of a template, a picture or an identity card, in a word; empty: nothing that shows.
-- What was stored before has none until it is uploaded again.
ALTER TABLE template ADD COLUMN content_fault TEXT;
ALTER TABLE photo ADD COLUMN content_fault TEXT;
ALTER TABLE id_card ADD COLUMN content_fault TEXT;
-- With the word, they are counted without their rows, which end with it, after the content.
CREATE INDEX template_fault ON template (device, content_fault) WHERE content_fault <> '';
CREATE INDEX photo_fault ON photo (device, content_fault) WHERE content_fault <> '';
CREATE INDEX id_card_fault ON id_card (device, content_fault) WHERE content_fault <> '';
