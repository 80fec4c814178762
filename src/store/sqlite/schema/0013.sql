-- Punches up to this number that were read from terminals were stored without their work codes, as
-- those that come live are: their record of the log, when it comes again, completes them.
ALTER TABLE ledger ADD COLUMN uncoded INTEGER NOT NULL DEFAULT 0;
UPDATE ledger SET uncoded = (SELECT coalesce(max(seq), 0) FROM punch) WHERE stream = 'punch';

-- A log that is read again has the same odd records again: those with a mark are put once.
ALTER TABLE quarantine ADD COLUMN mark BLOB;
CREATE UNIQUE INDEX quarantine_mark ON quarantine (device, mark) WHERE mark IS NOT NULL;

-- Of a terminal that reports no valid serial number: "=" and what it reports.
ALTER TABLE device_terminal ADD COLUMN told_serial TEXT;

-- The validity of a person, and of each kind of record what devices send besides the known fields.
ALTER TABLE person ADD COLUMN expires INTEGER;
ALTER TABLE person ADD COLUMN valid_from TEXT;
ALTER TABLE person ADD COLUMN valid_to TEXT;
ALTER TABLE person ADD COLUMN extra TEXT;
ALTER TABLE template ADD COLUMN extra TEXT;
ALTER TABLE photo ADD COLUMN extra TEXT;
ALTER TABLE id_card ADD COLUMN extra TEXT;
ALTER TABLE error_log ADD COLUMN extra TEXT;
ALTER TABLE work_code ADD COLUMN extra TEXT;
