-- A deleted device whose records are not removed yet: it may be many, so they go in pieces. Until then
-- nobody sees them, though the device may have come back meanwhile.
ALTER TABLE device ADD COLUMN clearing bigint NOT NULL DEFAULT 0;
CREATE INDEX device_clearing ON device (id) WHERE clearing = 1;

CREATE OR REPLACE VIEW v_person AS
SELECT p.id AS id, gh_text(d.sn) AS device_serial, gh_text(p.pin) AS pin, gh_text(p.name) AS name,
	p.privilege AS privilege, gh_text(p.card) AS card, gh_text(p.group_id) AS group_id,
	gh_text(p.time_zone) AS time_zone, p.verify_mode AS verify_mode,
	gh_moment(p.received_ms) AS received_at
FROM person p JOIN device d ON d.id = p.device AND d.clearing = 0;

DROP FUNCTION gh_append(bigint, bigint, bytea, bigint[], bigint[], bigint[], bigint[], bigint[],
	integer[], integer[], integer[], integer[], smallint[], bytea[], bytea[], bytea[]);
-- Append to a stream what is new of a batch, in order, with consecutive numbers, and note the
-- transaction in node_mark. The row of the stream is locked last of all that a transaction locks,
-- and COMMIT is already under way. Every statement here looks anew at what was committed, so what
-- is found under the lock is exact. Devices the transaction wrote for that are unknown or deleted
-- end it: GH404, the device in the detail; and GH503 those it wrote records for while records of a
-- former life are still to be removed. A live event (source 1) carries no work code: what is stored
-- of it already may have one, and a record of the log (source 2) gives its code to what came live
-- without, unless the log has the punch without a code as well. `fresh` has the places in the batch, from 1, of the
-- rows that got the numbers base + 1, base + 2 ...
CREATE FUNCTION gh_append(mark bigint, grp bigint, name bytea, alive bigint[],
	recorded bigint[], devices bigint[], times bigint[], received bigint[], utcs bigint[], statuses integer[],
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
	SELECT a.id INTO missing FROM unnest(recorded) a(id)
	WHERE EXISTS (SELECT FROM device d WHERE d.id = a.id AND d.clearing = 1) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'records of device % are being removed', missing
			USING ERRCODE = 'GH503', DETAIL = missing::text;
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
