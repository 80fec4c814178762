-- How many commands have ended in each state; those that are open are counted by their index.
CREATE TABLE command_ended (
	state INTEGER PRIMARY KEY,
	n INTEGER NOT NULL
);
INSERT INTO command_ended SELECT state, count(*) FROM command WHERE state > 2 GROUP BY state;
