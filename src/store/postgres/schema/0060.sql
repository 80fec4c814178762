-- Punches that were imported from a file (source 4): which devices have some, and how many. The log of a device
-- that it holds itself is counted without them.
CREATE INDEX punch_imported ON punch (device, seq) WHERE source = 4;

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
		WHEN 3 THEN 'access' WHEN 4 THEN 'imported' END AS source,
	gh_text(p.extra) AS extra
FROM punch p LEFT JOIN device d ON d.id = p.device LEFT JOIN zone z ON z.id = p.zone;

-- As before, but that an imported punch gives its work code as a record of the log does.
CREATE OR REPLACE FUNCTION gh_codes_set(devices bigint[], times bigint[], statuses integer[], verifies integer[],
	sources smallint[], pins bytea[], work_codes bytea[]) RETURNS void
LANGUAGE sql AS $$
	WITH batch AS (
		SELECT * FROM unnest(devices, times, statuses, verifies, sources, pins, work_codes)
		WITH ORDINALITY t(device, time, status, verify, source, pin, work_code, place)
		WHERE source IN (2, 4)
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

-- Imported punches that come from the device itself are as it sent them.
CREATE FUNCTION gh_imported_confirm(devices bigint[], times bigint[], statuses integer[], verifies integer[],
	sources smallint[], pins bytea[], work_codes bytea[]) RETURNS void
LANGUAGE sql AS $$
	UPDATE punch p SET source = b.source, work_code = b.work_code
	FROM unnest(devices, times, statuses, verifies, sources, pins, work_codes)
		AS b(device, time, status, verify, source, pin, work_code)
	WHERE b.source NOT IN (1, 4) AND p.source = 4 AND p.device = b.device AND p.time = b.time
		AND p.pin = b.pin AND p.status = b.status AND p.verify = b.verify
		AND (p.work_code = b.work_code OR b.work_code IN ('\x'::bytea, '0'::bytea)
			AND p.work_code IN ('\x'::bytea, '0'::bytea)
			AND NOT EXISTS (SELECT FROM punch o WHERE o.device = b.device AND o.time = b.time
				AND o.pin = b.pin AND o.status = b.status AND o.verify = b.verify
				AND o.work_code = b.work_code AND o.seq <> p.seq))
$$;

-- As before, but that an imported punch without a work code is the same as one with the code 0, and the
-- other way round.
CREATE OR REPLACE FUNCTION gh_append(mark bigint, grp bigint, name bytea, alive bigint[],
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
	IF (2 = ANY (sources) OR 4 = ANY (sources)) AND '\x'::bytea <> ANY (work_codes) THEN
		PERFORM gh_codes_set(devices, times, statuses, verifies, sources, pins, work_codes);
	END IF;
	IF EXISTS (SELECT FROM punch p WHERE p.source = 4 AND p.device = ANY (devices)) THEN
		PERFORM gh_imported_confirm(devices, times, statuses, verifies, sources, pins, work_codes);
	END IF;
	IF lowest > 0 THEN
		SELECT array_agg(place::integer) INTO removed
		FROM unnest(devices, times, statuses, verifies, pins)
			WITH ORDINALITY t(device, time, status, verify, pin, place),
			LATERAL (SELECT substring(sha256(int8send(t.time) || int4send(t.status)
				|| int4send(t.verify) || t.pin) FROM 1 FOR 8) AS hash OFFSET 0) h
		WHERE EXISTS (SELECT FROM punch_removed r WHERE r.device = t.device
			AND r.day = t.time / 1000000 AND gh_removed_has(r.hashes, r.n, h.hash));
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
				AND (p.work_code = b.work_code OR b.source = 1
					OR 4 IN (p.source, b.source)
						AND b.work_code IN ('\x'::bytea, '0'::bytea)
						AND p.work_code IN ('\x'::bytea, '0'::bytea)))
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
