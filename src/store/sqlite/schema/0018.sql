-- Where in the ledger to look (sql/punch_index.h): which days and devices a block of 4096 numbers
-- has, and which numbers a PIN has. It is made of the ledger when little else is done, and may be
-- emptied: what is not in it yet is read from the ledger itself.
CREATE TABLE punch_block (
	id INTEGER PRIMARY KEY,
	days BLOB NOT NULL,
	devices BLOB NOT NULL
);

CREATE TABLE punch_pin (
	id INTEGER PRIMARY KEY,
	numbers BLOB NOT NULL
);
