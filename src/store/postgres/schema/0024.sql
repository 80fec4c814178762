-- Punches that were removed for their age: those up to the floor. 8 bytes of each are kept, so that a device
-- that sends them again brings back none (sql/punch_removed.h).
ALTER TABLE ledger ADD COLUMN floor bigint NOT NULL DEFAULT 0;

CREATE TABLE punch_removed (
	device bigint NOT NULL,
	day bigint NOT NULL,
	part bigint NOT NULL,
	n bigint NOT NULL,
	hashes bytea NOT NULL,
	PRIMARY KEY (device, day, part)
);
-- Hashes do not compress.
ALTER TABLE punch_removed ALTER COLUMN hashes SET STORAGE EXTERNAL;

DROP FUNCTION gh_append(bigint, bigint, bytea, bigint[], bigint[], bigint[], bigint[], bigint[], bigint[],
	integer[], integer[], integer[], integer[], smallint[], bytea[], bytea[], bytea[]);
-- Append to a stream what is new of a batch, in order, with consecutive numbers, and note the
-- transaction in node_mark. The row of the stream is locked last of all that a transaction locks,
-- and COMMIT is already under way. Every statement here looks anew at what was committed, so what
-- is found under the lock is exact. Devices the transaction wrote for that are unknown or deleted
-- end it: GH404, the device in the detail; and GH503 those it wrote records for while records of a
-- former life are still to be removed. A live event (source 1) carries no work code: what is stored
-- of it already may have one, and a record of the log (source 2) gives its code to what came live
-- without, unless the log has the punch without a code as well. `fresh` has the places in the batch, from 1, of the
-- rows that got the numbers base + 1, base + 2 ..., and `removed` those of punches that were removed before:
-- while the row of the stream is locked, none is removed.
CREATE FUNCTION gh_append(mark bigint, grp bigint, name bytea, alive bigint[],
	recorded bigint[], devices bigint[], times bigint[], received bigint[], utcs bigint[], statuses integer[],
	verifies integer[], zones integer[], flagss integer[], sources smallint[], pins bytea[],
	work_codes bytea[], extras bytea[], OUT base bigint, OUT fresh integer[],
	OUT removed integer[])
LANGUAGE plpgsql AS $$
DECLARE
	missing bigint;
	n bigint;
	lowest bigint;
BEGIN
	SELECT l.last, l.floor INTO base, lowest FROM ledger l WHERE l.stream = name FOR UPDATE;
	SELECT a.id INTO missing FROM unnest(alive) a(id)
	WHERE NOT EXISTS (SELECT FROM device d WHERE d.id = a.id AND d.deleted = 0) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'device % is unknown or deleted', missing
			USING ERRCODE = 'GH404', DETAIL = missing::text;
	END IF;
	SELECT a.id INTO missing FROM unnest(recorded) a(id)
	WHERE EXISTS (SELECT FROM device d WHERE d.id = a.id AND d.clearing = 1) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'records of device % are being removed', missing
			USING ERRCODE = 'GH503', DETAIL = missing::text;
	END IF;
	IF 2 = ANY (sources) AND '\x'::bytea <> ANY (work_codes) THEN
		PERFORM gh_codes_set(devices, times, statuses, verifies, sources, pins, work_codes);
	END IF;
	IF lowest > 0 THEN
		SELECT array_agg(place::integer) INTO removed
		FROM unnest(devices, times, statuses, verifies, pins)
			WITH ORDINALITY t(device, time, status, verify, pin, place)
		WHERE EXISTS (SELECT FROM punch_removed r WHERE r.device = t.device
			AND r.day = t.time / 1000000
			AND position(substring(sha256(int8send(t.time) || int4send(t.status)
				|| int4send(t.verify) || t.pin) FROM 1 FOR 8) IN r.hashes) > 0);
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
				AND (removed IS NULL OR place <> ALL (removed))
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
