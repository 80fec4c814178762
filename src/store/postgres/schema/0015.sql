-- Where in the ledger to look (sql/punch_index.h): which days and devices a block of 4096 numbers
-- has, and which numbers a PIN has. It is made of the ledger when little else is done, and may be
-- emptied: what is not in it yet is read from the ledger itself.
CREATE TABLE punch_block (
	id bigint PRIMARY KEY,
	days bytea NOT NULL,
	devices bytea NOT NULL
);

CREATE TABLE punch_pin (
	id bigint PRIMARY KEY,
	numbers bytea NOT NULL
);
