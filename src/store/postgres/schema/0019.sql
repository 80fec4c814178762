-- How many rows were removed for their age, by what they were (expiry.def).
CREATE TABLE expired (
	name bytea PRIMARY KEY,
	n bigint NOT NULL
);
