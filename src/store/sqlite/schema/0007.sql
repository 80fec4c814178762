-- What a command is about, to find those about the same that wait: "pin=7"; '' where none replaces
-- another.
ALTER TABLE command ADD COLUMN subject TEXT NOT NULL DEFAULT '';

CREATE INDEX command_subject ON command (device, subject) WHERE state = 0 AND subject <> '';
