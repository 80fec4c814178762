-- People have a privilege, a code and a namespace, in which their PIN and their cards are theirs alone.
ALTER TABLE people ADD COLUMN privilege bigint DEFAULT 0;
ALTER TABLE people ALTER COLUMN privilege DROP DEFAULT;
ALTER TABLE people ADD COLUMN code bytea;
ALTER TABLE people ADD COLUMN namespace bytea NOT NULL DEFAULT 'default';
ALTER TABLE people ALTER COLUMN namespace DROP DEFAULT;
UPDATE people SET namespace = coalesce((SELECT namespace FROM area WHERE id = 1), 'default');
ALTER TABLE people DROP CONSTRAINT people_pin_key;
ALTER TABLE people ADD CONSTRAINT people_pin_key UNIQUE (pin, namespace);
ALTER TABLE card ADD COLUMN namespace bytea NOT NULL DEFAULT 'default';
ALTER TABLE card ALTER COLUMN namespace DROP DEFAULT;
UPDATE card SET namespace = coalesce((SELECT namespace FROM area WHERE id = 1), 'default');
ALTER TABLE card DROP CONSTRAINT card_number_key;
ALTER TABLE card ADD CONSTRAINT card_number_key UNIQUE (number, namespace);
-- The orders of the list of people: by PIN and by name, as store/sql/rows_text.c asks for them.
CREATE INDEX people_by_pin ON people (substr(pin, 1, 200), id);
CREATE INDEX people_by_name ON people (substr(coalesce(name, ''), 1, 200), id);
