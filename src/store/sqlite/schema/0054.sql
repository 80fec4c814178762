-- Cards of what access units hold (core/access/unit_card.h), for requests whether one may pass. Those in
-- brackets get theirs when their row is written or uploaded again.
ALTER TABLE device_table ADD COLUMN card INTEGER;
UPDATE device_table SET card = CAST(substr(row, instr(row, 'CardNo=') + 7) AS INTEGER)
	WHERE name = 'user' AND instr(row, 'CardNo=') > 0
	AND CAST(substr(row, instr(row, 'CardNo=') + 7) AS INTEGER) > 0;
UPDATE device_table SET card = (
	WITH RECURSIVE digits(text) AS (SELECT upper(substr(key, instr(key, char(9)) + 1))),
	value(i, n) AS (
		SELECT 1, 0 UNION ALL
		SELECT i + 1, n * 16 + instr('0123456789ABCDEF', substr(text, i, 1)) - 1
			FROM value, digits WHERE i <= length(text))
	SELECT n FROM value ORDER BY i DESC LIMIT 1)
	WHERE name = 'mulcarduser' AND length(key) - instr(key, char(9)) BETWEEN 1 AND 15;
CREATE INDEX device_table_card ON device_table (device, card) WHERE card IS NOT NULL;
