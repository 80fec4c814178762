-- The position of a person, and those that people have.
ALTER TABLE people ADD COLUMN position bytea;
CREATE INDEX people_position ON people (position);
