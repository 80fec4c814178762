-- What people are found by (store/sql/people_search.h); it is made of those who are there after the start.
ALTER TABLE people ADD COLUMN search TEXT;
CREATE INDEX people_unsearched ON people (id) WHERE search IS NULL;
