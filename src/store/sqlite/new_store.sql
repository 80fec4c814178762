-- What each new store has of its own. Those made by schema/0003.sql have it from there.
UPDATE ledger SET id = (SELECT group_concat(char(97 + abs(random() % 26)), '')
FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
	UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8));
