-- Access events that were removed for their age: those up to the floor. 8 bytes of each are kept, so that a
-- unit that sends them again brings back none (sql/access_removed.h).
CREATE TABLE access_removed (
	device bigint NOT NULL,
	day bigint NOT NULL,
	part bigint NOT NULL,
	n bigint NOT NULL,
	hashes bytea NOT NULL,
	PRIMARY KEY (device, day, part)
);
ALTER TABLE access_removed ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- The hash of an event's natural key.
CREATE FUNCTION gh_access_hash(t bigint, record_index bigint, event_group bigint, address bigint,
	direction bigint, unit bytea, event_text bytea, pin bytea, card bytea, verify_raw bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT substring(sha256(int8send(t) || int8send(record_index) || int8send(event_group)
		|| CASE WHEN record_index = 0 THEN int8send(address) || int8send(direction) ELSE '' END
		|| int4send(length(unit)) || unit || int4send(length(event_text)) || event_text
		|| int4send(length(pin)) || pin
		|| CASE WHEN record_index = 0 THEN int4send(length(card)) || card
			|| int4send(length(verify_raw)) || verify_raw ELSE '' END) FROM 1 FOR 8)
$$;

-- As before, but that what was removed is recognised, and that one of the first numbers, which was given in
-- this epoch to another record, begins a new one.
CREATE OR REPLACE FUNCTION gh_access_append(mark bigint, numbers bigint[], punches bigint[], statuses bigint[],
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
	lowest bigint;
	old record;
BEGIN
	SELECT l.last INTO punch_base FROM ledger l WHERE l.stream = 'punch'::bytea FOR UPDATE;
	SELECT l.last, l.floor INTO base, lowest FROM ledger l WHERE l.stream = 'access'::bytea FOR UPDATE;
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
		-- It was removed for its age.
		IF lowest > 0 AND EXISTS (SELECT FROM access_removed x WHERE x.device = r.device
			AND x.day = r.time / 1000000 AND gh_removed_has(x.hashes, x.n,
			gh_access_hash(r.time, r.record_index, r.event_group, r.address, r.direction,
				r.unit, r.event_text, r.pin, r.card, r.verify_raw))) THEN
			places := array_append(places, r.place);
			seqs := array_append(seqs, -1::bigint);
			sames := array_append(sames, 0::bigint);
			punched := array_append(punched, 0::bigint);
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
			IF r.source = 0 AND r.record_index < u.highest - 1000 THEN
				u.epoch := u.epoch + 1;
				u.highest := r.record_index;
				e.index_epoch := u.epoch;
				moved := true;
			ELSE
				SELECT coalesce(min(a.seq), 0) INTO e.same_as FROM access_event a
				WHERE a.device = r.device AND a.record_index = r.record_index
				AND a.record_index > 0 AND a.time BETWEEN gh_clock_before(r.time)
				AND gh_clock_after(r.time) AND a.event_group = r.event_group AND a.pin = r.pin
				AND a.unit = r.unit AND a.event_text = r.event_text
				AND a.address = r.address AND a.index_epoch = u.epoch
				AND gh_clock_steps(a.time, r.time);
				-- Its number was given in this epoch to a record that is another one: the
				-- numbers began again before there were many.
				IF e.same_as = 0 AND r.source = 0 AND r.record_index <= 8
					AND r.record_index < u.highest THEN
					SELECT a.index_epoch, a.time INTO old FROM access_event a
					WHERE a.device = r.device AND a.record_index = r.record_index
					AND a.record_index > 0 AND a.unit = r.unit
					ORDER BY a.time DESC LIMIT 1;
					IF FOUND AND old.index_epoch = u.epoch AND old.time <> r.time THEN
						u.epoch := u.epoch + 1;
						u.highest := r.record_index;
						e.index_epoch := u.epoch;
						moved := true;
					END IF;
				END IF;
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
