-- How many rows were removed for their age, by what they were (expiry.def).
CREATE TABLE expired (
	name TEXT PRIMARY KEY,
	n INTEGER NOT NULL
);
