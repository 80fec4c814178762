-- Access events: a ledger of its own. The natural key is that of the index that the event is in:
-- with a number of the unit's record, and without one (model/access_event.def). Absent numbers of a key
-- are -1, because NULLs are never equal.
CREATE TABLE access_event (
	seq bigint NOT NULL,
	device bigint NOT NULL,
	record_index bigint NOT NULL,
	time bigint NOT NULL,
	event_group bigint NOT NULL,
	event bigint NOT NULL,
	address bigint NOT NULL,
	direction bigint NOT NULL,
	utc bigint,
	received_ms bigint NOT NULL,
	zone bigint NOT NULL,
	source bigint NOT NULL,
	index_epoch bigint NOT NULL,
	same_as bigint NOT NULL,
	punch_seq bigint NOT NULL,
	first_request bigint NOT NULL,
	flags bigint NOT NULL,
	card_number bigint,
	door bigint,
	reader bigint,
	verify_form bigint,
	verify bigint,
	linkage_id bigint,
	linkage_trigger bigint,
	site_code bigint,
	bit_count bigint,
	mask bigint,
	alarm_type bigint,
	unit bytea NOT NULL,
	event_text bytea NOT NULL,
	pin bytea NOT NULL,
	card bytea NOT NULL,
	verify_raw bytea NOT NULL,
	temperature bytea,
	temperature_as_shown bytea
);

CREATE UNIQUE INDEX access_event_seq ON access_event (seq);
-- In orders in which a device that uploads its records as they come always adds at the same place.
CREATE UNIQUE INDEX access_event_indexed ON access_event
	(device, record_index, time, event_group, pin, unit, event_text) WHERE record_index > 0;
CREATE UNIQUE INDEX access_event_plain ON access_event
	(device, time, event_group, pin, unit, event_text, address, card, direction, verify_raw)
	WHERE record_index = 0;

-- How far the numbers of a unit's records have come since they began again, which was `epoch` times.
CREATE TABLE access_unit (
	device bigint NOT NULL,
	unit bytea NOT NULL,
	highest bigint NOT NULL,
	epoch bigint NOT NULL,
	PRIMARY KEY (device, unit)
) WITH (fillfactor = 50);

INSERT INTO ledger (stream, id) SELECT 'access'::bytea, id FROM ledger WHERE stream = 'punch'::bytea;

-- The numbers of access events that the latest transaction of a connection gave.
ALTER TABLE node_mark ADD COLUMN first_access bigint NOT NULL DEFAULT 0;
ALTER TABLE node_mark ADD COLUMN last_access bigint NOT NULL DEFAULT 0;

-- A civil time in seconds of its own clock, also one that no calendar has.
CREATE FUNCTION gh_civil_seconds(t bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT (c.y / 400 * 146097 + c.y % 400 * 365 + c.y % 400 / 4 - c.y % 400 / 100
		+ (153 * c.m + 2) / 5 + t / 1000000 % 100) * 86400
		+ t / 10000 % 100 * 3600 + t / 100 % 100 * 60 + t % 100
	FROM (SELECT t / 10000000000 - (t / 100000000 % 100 <= 2)::integer AS y,
		(t / 100000000 % 100 + 9) % 12 AS m) c
$$;

-- Whether two times differ as a clock does that was set by whole quarters of an hour, up to 26 hours.
CREATE FUNCTION gh_clock_steps(a bigint, b bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT d <> 0 AND d % 900 = 0 AND abs(d) <= 93600
	FROM (SELECT gh_civil_seconds(a) - gh_civil_seconds(b) AS d) off
$$;

-- The punch of an access event, whose numbers are those of the ledger's row, which is locked: its number,
-- that of the one that is there already, or 0 where it was removed.
CREATE FUNCTION gh_access_punch(e access_event, punch_status integer, punch_verify integer,
	INOUT last bigint, OUT number bigint)
LANGUAGE plpgsql AS $$
BEGIN
	SELECT p.seq INTO number FROM punch p WHERE p.device = e.device AND p.time = e.time
		AND p.pin = e.pin AND p.status = punch_status AND p.verify = punch_verify
		AND p.work_code = '\x'::bytea;
	IF FOUND THEN
		RETURN;
	END IF;
	number := 0;
	IF EXISTS (SELECT FROM punch_removed r WHERE r.device = e.device AND r.day = e.time / 1000000
		AND gh_removed_has(r.hashes, r.n, substring(sha256(int8send(e.time)
			|| int4send(punch_status) || int4send(punch_verify) || e.pin) FROM 1 FOR 8))) THEN
		RETURN;
	END IF;
	last := last + 1;
	number := last;
	INSERT INTO punch (seq, device, time, received_ms, utc, status, verify, zone, flags, source,
		pin, work_code, extra)
	VALUES (number, e.device, e.time, e.received_ms, e.utc, punch_status, punch_verify, e.zone,
		e.flags & 63, 3, e.pin, '\x', NULL);
END $$;

CREATE FUNCTION gh_access_unit(u access_unit) RETURNS void LANGUAGE sql AS $$
	INSERT INTO access_unit VALUES (u.device, u.unit, u.highest, u.epoch)
	ON CONFLICT (device, unit) DO UPDATE SET highest = excluded.highest, epoch = excluded.epoch
$$;

-- Append to the ledger of access events what is new of a batch, in order, with consecutive numbers. It is
-- called behind gh_append in its transaction, so the row of punches is locked already, the devices are
-- there, and the row of access events is the last lock. A row with a number is stored; only its punch is
-- made. `places` has the places in the batch, from 1, of the rows that are new or got a punch, and beside
-- them their numbers, the event that they repeat with the clock set otherwise, and that punch.
CREATE FUNCTION gh_access_append(mark bigint, numbers bigint[], punches bigint[], statuses bigint[],
	verifies bigint[], devices bigint[], units bytea[], record_indexes bigint[], times bigint[],
	event_groups bigint[], event_texts bytea[], pins bytea[], events bigint[], addresses bigint[],
	cards bytea[], directions bigint[], verify_raws bytea[], card_numbers bigint[], doors bigint[],
	readers bigint[], verify_forms bigint[], verify_words bigint[], linkage_ids bigint[],
	linkage_triggers bigint[], site_codes bigint[], bit_counts bigint[], masks bigint[],
	temperatures bytea[], temperatures_as_shown bytea[], alarm_types bigint[], zones bigint[],
	utcs bigint[], receiveds bigint[], sources bigint[], index_epochs bigint[], same_ass bigint[],
	punch_seqs bigint[], first_requests bigint[], flagss bigint[],
	OUT places bigint[], OUT seqs bigint[], OUT sames bigint[], OUT punched bigint[])
LANGUAGE plpgsql AS $$
DECLARE
	r record;
	e access_event;
	u access_unit;
	base bigint;
	given bigint;
	moved boolean := false;
	punch_base bigint;
	punch_last bigint;
	made bigint;
BEGIN
	SELECT l.last INTO punch_base FROM ledger l WHERE l.stream = 'punch'::bytea FOR UPDATE;
	SELECT l.last INTO base FROM ledger l WHERE l.stream = 'access'::bytea FOR UPDATE;
	given := base;
	punch_last := punch_base;
	FOR r IN SELECT * FROM unnest(numbers, punches, statuses, verifies, devices, units,
		record_indexes, times, event_groups, event_texts, pins, events, addresses, cards,
		directions, verify_raws, card_numbers, doors, readers, verify_forms, verify_words,
		linkage_ids, linkage_triggers, site_codes, bit_counts, masks, temperatures,
		temperatures_as_shown, alarm_types, zones, utcs, receiveds, sources, index_epochs,
		same_ass, punch_seqs, first_requests, flagss)
		WITH ORDINALITY t(number, punch, punch_status, punch_verify, device, unit, record_index,
		time, event_group, event_text, pin, event, address, card, direction, verify_raw,
		card_number, door, reader, verify_form, verify, linkage_id, linkage_trigger, site_code,
		bit_count, mask, temperature, temperature_as_shown, alarm_type, zone, utc, received_ms,
		source, index_epoch, same_as, punch_seq, first_request, flags, place) ORDER BY place
	LOOP
		IF r.number > 0 THEN
			SELECT * INTO e FROM access_event a WHERE a.seq = r.number;
			CONTINUE WHEN NOT FOUND OR e.punch_seq <> 0 OR e.same_as <> 0;
			SELECT last, number INTO punch_last, made
			FROM gh_access_punch(e, r.punch_status::integer, r.punch_verify::integer, punch_last);
			CONTINUE WHEN made = 0;
			UPDATE access_event SET punch_seq = made WHERE seq = r.number;
			places := array_append(places, r.place);
			seqs := array_append(seqs, 0::bigint);
			sames := array_append(sames, 0::bigint);
			punched := array_append(punched, made);
			CONTINUE;
		END IF;
		IF r.record_index > 0 AND (u.device IS DISTINCT FROM r.device OR u.unit <> r.unit) THEN
			IF moved THEN
				PERFORM gh_access_unit(u);
				moved := false;
			END IF;
			SELECT * INTO u FROM access_unit a WHERE a.device = r.device AND a.unit = r.unit;
			IF NOT FOUND THEN
				u := ROW(r.device, r.unit, 0, 0);
			END IF;
		END IF;
		e := ROW(given + 1, r.device, r.record_index, r.time, r.event_group, r.event, r.address,
			r.direction, r.utc, r.received_ms, r.zone, r.source, 0, 0, 0,
			r.first_request, r.flags, r.card_number, r.door, r.reader, r.verify_form, r.verify,
			r.linkage_id, r.linkage_trigger, r.site_code, r.bit_count, r.mask, r.alarm_type,
			r.unit, r.event_text, r.pin, r.card, r.verify_raw, r.temperature,
			r.temperature_as_shown);
		IF r.record_index > 0 THEN
			e.index_epoch := u.epoch;
		END IF;
		-- A number that was there before: a repeat, the same with the clock set otherwise, or the
		-- numbers began again.
		IF r.record_index > 0 AND r.record_index <= u.highest THEN
			CONTINUE WHEN EXISTS (SELECT FROM access_event a WHERE a.device = r.device
				AND a.record_index = r.record_index AND a.record_index > 0
				AND a.time = r.time AND a.event_group = r.event_group AND a.pin = r.pin
				AND a.unit = r.unit AND a.event_text = r.event_text);
			IF r.source = 0 AND r.record_index + 1000 < u.highest THEN
				u.epoch := u.epoch + 1;
				u.highest := r.record_index;
				e.index_epoch := u.epoch;
				moved := true;
			ELSE
				SELECT coalesce(min(a.seq), 0) INTO e.same_as FROM access_event a
				WHERE a.device = r.device AND a.record_index = r.record_index
				AND a.record_index > 0 AND a.event_group = r.event_group AND a.pin = r.pin
				AND a.unit = r.unit AND a.event_text = r.event_text
				AND a.address = r.address AND a.index_epoch = u.epoch
				AND gh_clock_steps(a.time, r.time);
			END IF;
		END IF;
		IF e.same_as <> 0 THEN
			e.flags := e.flags | 512;
		END IF;
		INSERT INTO access_event VALUES (e.*) ON CONFLICT DO NOTHING;
		CONTINUE WHEN NOT FOUND;
		given := given + 1;
		IF r.record_index > u.highest AND r.record_index > 0 THEN
			u.highest := r.record_index;
			moved := true;
		END IF;
		made := 0;
		IF r.punch <> 0 AND e.same_as = 0 THEN
			SELECT last, number INTO punch_last, made
			FROM gh_access_punch(e, r.punch_status::integer, r.punch_verify::integer, punch_last);
			IF made <> 0 THEN
				UPDATE access_event SET punch_seq = made WHERE seq = e.seq;
			END IF;
		END IF;
		places := array_append(places, r.place);
		seqs := array_append(seqs, e.seq);
		sames := array_append(sames, e.same_as);
		punched := array_append(punched, made);
	END LOOP;
	IF moved THEN
		PERFORM gh_access_unit(u);
	END IF;
	IF given > base THEN
		UPDATE ledger SET last = given WHERE stream = 'access'::bytea;
	END IF;
	IF punch_last > punch_base THEN
		UPDATE ledger SET last = punch_last WHERE stream = 'punch'::bytea;
	END IF;
	UPDATE node_mark SET first_access = base + 1, last_access = given WHERE id = mark;
END $$;

CREATE OR REPLACE VIEW v_punch AS
SELECT p.seq AS seq, gh_text(d.sn) AS device_serial, gh_text(p.pin) AS pin,
	to_char(p.time, 'FM0000"-"00"-"00" "00":"00":"00') AS timestamp,
	nullif(p.status, -1) AS status, nullif(p.verify, -1) AS verify_type,
	gh_text(p.work_code) AS work_code, gh_text(z.name) AS zone,
	to_char(timestamp '1970-01-01' + p.utc * interval '1 second',
		'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS utc,
	gh_moment(p.received_ms) AS received_at,
	p.flags AS flags,
	CASE p.source WHEN 0 THEN 'pushed' WHEN 1 THEN 'live' WHEN 2 THEN 'read'
		WHEN 3 THEN 'access' END AS source,
	gh_text(p.extra) AS extra
FROM punch p LEFT JOIN device d ON d.id = p.device LEFT JOIN zone z ON z.id = p.zone;

CREATE VIEW v_access_event AS
SELECT a.seq AS seq, gh_text(d.sn) AS device_serial, gh_text(nullif(a.unit, '')) AS unit,
	nullif(a.record_index, 0) AS record_index,
	to_char(a.time, 'FM0000"-"00"-"00" "00":"00":"00') AS timestamp, gh_text(z.name) AS zone,
	to_char(timestamp '1970-01-01' + a.utc * interval '1 second',
		'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS utc,
	gh_moment(a.received_ms) AS received_at,
	nullif(a.event, -1) AS event, gh_text(nullif(a.event_text, '')) AS event_text,
	gh_text(nullif(a.pin, '')) AS pin, gh_text(nullif(a.card, '')) AS card, a.door AS door,
	a.reader AS reader, CASE a.direction WHEN 0 THEN 'in' WHEN 1 THEN 'out' END AS direction,
	gh_text(nullif(a.verify_raw, '')) AS verify_type, nullif(a.punch_seq, 0) AS punch_seq,
	CASE a.source WHEN 0 THEN 'live' WHEN 1 THEN 'stored' WHEN 2 THEN 'account'
		WHEN 3 THEN 'identification' END AS source,
	a.flags AS flags
FROM access_event a LEFT JOIN device d ON d.id = a.device LEFT JOIN zone z ON z.id = a.zone;

-- Which of its access events become punches; empty: as the server's setting is.
ALTER TABLE device_access ADD COLUMN access_punches bytea;
