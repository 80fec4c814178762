-- Files that devices fetch (core/published.h).
CREATE TABLE published_file (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE,
	model TEXT,
	token TEXT,
	size INTEGER,
	created_ms INTEGER,
	content TEXT
);
