-- Punches up to this number that were read from terminals were stored without their work codes, as
-- those that come live are: their record of the log, when it comes again, completes them.
ALTER TABLE ledger ADD COLUMN uncoded bigint NOT NULL DEFAULT 0;
UPDATE ledger SET uncoded = last WHERE stream = 'punch';

-- A log that is read again has the same odd records again: those with a mark are put once.
ALTER TABLE quarantine ADD COLUMN mark bytea;
CREATE UNIQUE INDEX quarantine_mark ON quarantine (device, mark) WHERE mark IS NOT NULL;

-- Of a terminal that reports no valid serial number: "=" and what it reports.
ALTER TABLE device_terminal ADD COLUMN told_serial bytea;

-- The validity of a person, and of each kind of record what devices send besides the known fields.
ALTER TABLE person ADD COLUMN expires bigint;
ALTER TABLE person ADD COLUMN valid_from bytea;
ALTER TABLE person ADD COLUMN valid_to bytea;
ALTER TABLE person ADD COLUMN extra bytea;
ALTER TABLE template ADD COLUMN extra bytea;
ALTER TABLE photo ADD COLUMN extra bytea;
ALTER TABLE id_card ADD COLUMN extra bytea;
ALTER TABLE error_log ADD COLUMN extra bytea;
ALTER TABLE work_code ADD COLUMN extra bytea;

-- Give the records of a log in a batch that have a work code to what came live without one; of
-- several the first. Two that differ in their codes only are two punches, and one of them may be stored.
CREATE FUNCTION gh_codes_set(devices bigint[], times bigint[], statuses integer[], verifies integer[],
	sources smallint[], pins bytea[], work_codes bytea[]) RETURNS void
LANGUAGE sql AS $$
	WITH batch AS (
		SELECT * FROM unnest(devices, times, statuses, verifies, sources, pins, work_codes)
		WITH ORDINALITY t(device, time, status, verify, source, pin, work_code, place)
		WHERE source = 2
	), coded AS (
		SELECT DISTINCT ON (b.device, b.time, b.pin, b.status, b.verify) b.* FROM batch b
		WHERE b.work_code <> ''
			AND NOT EXISTS (SELECT FROM batch o WHERE o.device = b.device
				AND o.time = b.time AND o.pin = b.pin AND o.status = b.status
				AND o.verify = b.verify AND o.work_code = '')
			AND NOT EXISTS (SELECT FROM punch p WHERE p.device = b.device
				AND p.time = b.time AND p.pin = b.pin AND p.status = b.status
				AND p.verify = b.verify AND p.work_code = b.work_code)
		ORDER BY b.device, b.time, b.pin, b.status, b.verify, b.place
	)
	UPDATE punch p SET work_code = c.work_code FROM coded c
	WHERE p.device = c.device AND p.time = c.time AND p.pin = c.pin AND p.status = c.status
		AND p.verify = c.verify AND p.work_code = '' AND (p.source = 1 OR p.source = 2
			AND p.seq <= (SELECT l.uncoded FROM ledger l WHERE l.stream = 'punch'))
$$;

-- Append to a stream what is new of a batch, in order, with consecutive numbers, and note the
-- transaction in node_mark. The row of the stream is locked last of all that a transaction locks,
-- and COMMIT is already under way. Every statement here looks anew at what was committed, so what
-- is found under the lock is exact. Devices the transaction wrote for that are unknown or deleted
-- end it: GH404, the device in the detail. A live event (source 1) carries no work code: what is stored
-- of it already may have one, and a record of the log (source 2) gives its code to what came live
-- without, unless the log has the punch without a code as well. `fresh` has the places in the batch, from 1, of the
-- rows that got the numbers base + 1, base + 2 ...
CREATE OR REPLACE FUNCTION gh_append(mark bigint, grp bigint, name bytea, alive bigint[],
	devices bigint[], times bigint[], received bigint[], utcs bigint[], statuses integer[],
	verifies integer[], zones integer[], flagss integer[], sources smallint[], pins bytea[],
	work_codes bytea[], extras bytea[], OUT base bigint, OUT fresh integer[])
LANGUAGE plpgsql AS $$
DECLARE
	missing bigint;
	n bigint;
BEGIN
	SELECT l.last INTO base FROM ledger l WHERE l.stream = name FOR UPDATE;
	SELECT a.id INTO missing FROM unnest(alive) a(id)
	WHERE NOT EXISTS (SELECT FROM device d WHERE d.id = a.id AND d.deleted = 0) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'device % is unknown or deleted', missing
			USING ERRCODE = 'GH404', DETAIL = missing::text;
	END IF;
	IF 2 = ANY (sources) AND '\x'::bytea <> ANY (work_codes) THEN
		PERFORM gh_codes_set(devices, times, statuses, verifies, sources, pins, work_codes);
	END IF;
	IF cardinality(devices) > 0 THEN
		WITH batch AS (
			SELECT * FROM unnest(devices, times, received, utcs, statuses, verifies,
				zones, flagss, sources, pins, work_codes, extras)
			WITH ORDINALITY t(device, time, received_ms, utc, status, verify, zone,
				flags, source, pin, work_code, extra, place)
		), novel AS MATERIALIZED (
			SELECT b.*, row_number() OVER (ORDER BY place) AS rank FROM batch b
			WHERE NOT EXISTS (SELECT FROM punch p WHERE p.device = b.device
				AND p.time = b.time AND p.pin = b.pin AND p.status = b.status
				AND p.verify = b.verify
				AND (p.work_code = b.work_code OR b.source = 1))
		), added AS (
			INSERT INTO punch (seq, device, time, received_ms, utc, status, verify,
				zone, flags, source, pin, work_code, extra)
			SELECT base + rank, device, time, received_ms, utc, status, verify, zone,
				flags, source, pin, work_code, extra FROM novel
		)
		SELECT count(*), array_agg(place::integer ORDER BY place) INTO n, fresh FROM novel;
		IF n > 0 THEN
			UPDATE ledger SET last = base + n WHERE stream = name;
		END IF;
	END IF;
	PERFORM gh_mark(mark, grp, base + 1, base + coalesce(n, 0));
END $$;
