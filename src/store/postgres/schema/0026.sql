-- Whether a hash is among those of a row of punch_removed, which rise. They are evenly spread, so it is looked
-- for around the place where it has to be: 10 KB of a row of 100,000, not 800. Were they chosen, so that it is
-- not there, all of them are read.
CREATE FUNCTION gh_removed_has(hashes bytea, n bigint, hash bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	at bigint := (n * (get_byte(hash, 0) * 65536 + get_byte(hash, 1) * 256 + get_byte(hash, 2))) >> 24;
	around bigint := 8 + 2 * sqrt(n)::bigint;
	low integer := greatest(at - around, 0);
	high integer := least(at + around, n);
	slice bytea := substring(hashes FROM 1 + 8 * low FOR 8 * (high - low));
BEGIN
	IF (low = 0 OR substring(slice FROM 1 FOR 8) <= hash)
		AND (high = n OR substring(slice FROM 8 * (high - low) - 7 FOR 8) >= hash) THEN
		RETURN position(hash IN slice) > 0;
	END IF;
	RETURN position(hash IN hashes) > 0;
END $$;

-- As before, but that what was removed is looked for by that function.
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
	IF 2 = ANY (sources) AND '\x'::bytea <> ANY (work_codes) THEN
		PERFORM gh_codes_set(devices, times, statuses, verifies, sources, pins, work_codes);
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
