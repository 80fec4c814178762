-- What a plan of many people is for each of them, and what became of it; `people` may be gone since. States are those of
-- plan steps.
CREATE TABLE plan_item (
	plan INTEGER NOT NULL,
	item INTEGER NOT NULL,
	people INTEGER NOT NULL,
	version INTEGER NOT NULL,
	state INTEGER NOT NULL,
	pin TEXT NOT NULL,
	before TEXT NOT NULL,
	after TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (plan, item)
);
CREATE INDEX plan_item_open ON plan_item (plan, item) WHERE state < 2;
