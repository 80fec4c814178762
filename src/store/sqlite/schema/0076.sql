-- Who may sign in, and the sessions of those who did (model/entity.def).
CREATE TABLE account (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT,
	folded TEXT NOT NULL UNIQUE,
	role INTEGER,
	areas TEXT,
	password TEXT,
	disabled INTEGER,
	created_ms INTEGER,
	password_ms INTEGER,
	version INTEGER
);
CREATE TABLE login (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash TEXT NOT NULL UNIQUE,
	account INTEGER REFERENCES account(id),
	name TEXT,
	peer TEXT,
	created_ms INTEGER,
	used_ms INTEGER
);
CREATE INDEX login_account ON login (account);
CREATE TABLE account_area (
	account INTEGER NOT NULL REFERENCES account(id),
	area INTEGER NOT NULL REFERENCES area(id),
	PRIMARY KEY (account, area)
) WITHOUT ROWID;
CREATE INDEX account_area_area ON account_area (area);
-- Until when a token is valid, and when it was used last.
ALTER TABLE token ADD COLUMN expires_ms INTEGER;
ALTER TABLE token ADD COLUMN used_ms INTEGER;
