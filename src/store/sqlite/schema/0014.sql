-- What is written to see whether something can be; empty but for that moment.
CREATE TABLE probe (content BLOB NOT NULL);
