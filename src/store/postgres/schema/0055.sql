-- Cards of what access units hold (core/access/unit_card.h), for requests whether one may pass. Those in
-- brackets get theirs when their row is written or uploaded again.
ALTER TABLE device_table ADD COLUMN card bigint;
UPDATE device_table SET card =
	substring(encode(row, 'escape') from 'CardNo=([0-9]{1,18})(?:\t|$)')::bigint
	WHERE name = 'user' AND encode(row, 'escape') ~ 'CardNo=[0-9]{1,18}(\t|$)';
UPDATE device_table SET card =
	('x' || lpad(substring(encode(key, 'escape') from '\t([0-9A-Fa-f]{1,15})$'), 16, '0'))::bit(64)::bigint
	WHERE name = 'mulcarduser' AND encode(key, 'escape') ~ '\t[0-9A-Fa-f]{1,15}$';
UPDATE device_table SET card = NULL WHERE card = 0;
CREATE INDEX device_table_card ON device_table (device, card) WHERE card IS NOT NULL;
