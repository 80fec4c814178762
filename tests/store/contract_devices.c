#include "contract.h"

#include <stdio.h>

#include "model/record.h"

struct devices {
	size_t n;
	int64_t id[8];
	struct device_fields present[8];
	char sn[8][32], name[8][32], zone[8][32];
	int64_t state[8], seen_ms[8];
};

static struct device_fields fields_both(struct device_fields a, struct device_fields b)
{
	device_fields_add(&a, b);
	return a;
}

static void assert_fields(struct device_fields is, struct device_fields want)
{
	assert_memory_equal(&is, &want, sizeof(is));
}

static void text_copy(char *room, gh_slice s)
{
	snprintf(room, 32, "%.*s", GH_FMT(s));
}

static bool see_device(void *ctx, const struct device_row *d)
{
	struct devices *ds = ctx;

	assert_true(ds->n < 8);
	ds->id[ds->n] = d->id;
	ds->present[ds->n] = d->present;
	text_copy(ds->sn[ds->n], d->sn);
	text_copy(ds->name[ds->n], model_has(d, DEVICE_name) ? d->name : (gh_slice){ 0 });
	text_copy(ds->zone[ds->n], model_has(d, DEVICE_zone) ? d->zone : (gh_slice){ 0 });
	ds->state[ds->n] = d->state;
	ds->seen_ms[ds->n++] = d->seen_ms;
	return true;
}

static struct devices devices_of(struct fixture *f)
{
	struct devices ds = { 0 };

	assert_ok(f->ops->devices_read(f->r, see_device, &ds));
	return ds;
}

static enum gh_err device_put_test(struct fixture *f, struct device_row *d)
{
	return write_alone(f, f->ops->device_put(f->s, d));
}

static void delete (struct fixture *f, int64_t device)
{
	tx_begin(f);
	assert_ok(f->ops->device_delete(f->s, device));
	tx_commit(f);
}

static void a_device_is_known_by_its_serial_number(void **state)
{
	struct fixture *f = *state;
	struct device_row d = { .present =
					DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_state, DEVICE_zone),
				.sn = GH_LIT("A1"),
				.state = DEVICE_APPROVED,
				.zone = GH_LIT("UTC") };
	struct device_row none = { .id = 0 },
			  empty = { .present = DEVICE_FIELDS_OF(DEVICE_sn) };

	assert_ok(device_put_test(f, &d));
	assert_true(d.id > 0);

	struct device_row again = d;

	again.id = 0;
	assert_int_equal(device_put_test(f, &again), GH_EEXISTS);
	assert_int_equal(again.id, 0);
	assert_int_equal(device_put_test(f, &none), GH_EINVALID);
	assert_int_equal(device_put_test(f, &empty), GH_EINVALID);
	again.sn = GH_LIT("a1");
	assert_ok(device_put_test(f, &again));

	struct devices ds = devices_of(f);

	assert_int_equal(ds.n, 2);
	assert_int_equal(ds.id[0], d.id);
	assert_fields(ds.present[0], fields_both(d.present, DEVICE_FIELDS_OF(DEVICE_area)));
	assert_string_equal(ds.sn[0], "A1");
	assert_string_equal(ds.zone[0], "UTC");
	assert_int_equal(ds.state[0], DEVICE_APPROVED);
	assert_int_equal(ds.id[1], again.id);
}

static void a_change_of_a_device_touches_what_it_names(void **state)
{
	struct fixture *f = *state;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_name, DEVICE_zone,
							    DEVICE_state),
				.sn = GH_LIT("A1"),
				.name = GH_LIT("Gate"),
				.zone = GH_LIT("UTC"),
				.state = DEVICE_HELD };

	assert_ok(device_put_test(f, &d));
	/* The serial number does not change, whatever is in the change. */
	struct device_row c = { .id = d.id,
				.present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_name,
							    DEVICE_seen_ms),
				.sn = GH_LIT("OTHER"),
				.name = GH_LIT(""),
				.seen_ms = 77 };

	assert_ok(device_put_test(f, &c));

	struct devices ds = devices_of(f);

	assert_int_equal(ds.n, 1);
	assert_string_equal(ds.sn[0], "A1");
	assert_fields(ds.present[0],
		      fields_both(d.present, DEVICE_FIELDS_OF(DEVICE_seen_ms, DEVICE_area)));
	assert_string_equal(ds.name[0], "");
	assert_string_equal(ds.zone[0], "UTC");
	assert_int_equal(ds.seen_ms[0], 77);
	c.present = (struct device_fields){ { 0 } };
	assert_ok(device_put_test(f, &c));
	c.id = d.id + 1;
	assert_int_equal(device_put_test(f, &c), GH_ENOTFOUND);
}

static bool see_parts(void *ctx, const struct device_row *d)
{
	*(struct device_fields *)ctx = d->present;
	if (model_has(d, DEVICE_push_version))
		assert_slice(d->attendance.push_version, "2.4.1");
	if (model_has(d, DEVICE_delay_s))
		assert_int_equal(d->attendance.delay_s, 5);
	if (model_has(d, DEVICE_read_interval_s))
		assert_int_equal(d->terminal.read_interval_s, 60);
	return true;
}

static void what_a_dialect_needs_is_stored_beside_the_device(void **state)
{
	struct fixture *f = *state;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_push_version),
				.sn = GH_LIT("A1"),
				.attendance.push_version = GH_LIT("2.4.1") };
	struct device_fields present;

	assert_ok(device_put_test(f, &d));
	assert_ok(f->ops->device_find(f->r, d.sn, see_parts, &present));
	assert_fields(present, DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_area, DEVICE_push_version));
	/* A change leaves alone what it does not name, of each part. */
	d.present = DEVICE_FIELDS_OF(DEVICE_delay_s, DEVICE_read_interval_s);
	d.attendance.delay_s = 5;
	d.terminal.read_interval_s = 60;
	assert_ok(device_put_test(f, &d));
	assert_ok(f->ops->device_find(f->r, d.sn, see_parts, &present));
	assert_fields(present, DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_area, DEVICE_push_version,
						DEVICE_delay_s, DEVICE_read_interval_s));
	/* One that is not there has none. */
	d.id += 1;
	assert_int_equal(device_put_test(f, &d), GH_ENOTFOUND);
	d.id -= 1;
	delete (f, d.id);
	assert_int_equal(device_put_test(f, &d), GH_ENOTFOUND);
	assert_int_equal(device_new(f, "A1"), d.id);
	assert_ok(f->ops->device_find(f->r, d.sn, see_parts, &present));
	assert_fields(present, DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_area));
}

struct pairs {
	size_t n;
	char text[16][64];
};

static bool see_pair(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct pairs *p = ctx;

	assert_true(p->n < 16);
	snprintf(p->text[p->n++], 64, "%d %.*s=%.*s", (int)device, GH_FMT(key), GH_FMT(value));
	return true;
}

static bool has_pair(const struct pairs *p, int64_t device, const char *pair)
{
	char want[64];

	snprintf(want, sizeof(want), "%d %s", (int)device, pair);
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->text[i], want) == 0)
			return true;
	return false;
}

static void options_and_stamps_hold_the_latest_value(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct pairs options = { 0 }, stamps = { 0 }, of_b = { 0 };

	tx_begin(f);
	assert_ok(f->ops->option_put(f->s, a, GH_LIT("FWVersion"), GH_LIT("1")));
	assert_ok(f->ops->option_put(f->s, a, GH_LIT("FWVersion"), GH_LIT("2")));
	assert_ok(f->ops->option_add(f->s, a, GH_LIT("FWVersion"), GH_LIT("0")));
	assert_ok(f->ops->option_add(f->s, a, GH_LIT("fwversion"), GH_LIT("")));
	assert_ok(f->ops->option_put(f->s, b, GH_LIT("FWVersion"), GH_LIT("3")));
	assert_ok(f->ops->stamp_put(f->s, a, GH_LIT("ATTLOG"), GH_LIT("9999")));
	assert_ok(f->ops->stamp_put(f->s, b, GH_LIT("ATTLOG"), GH_LIT("1")));
	tx_commit(f);
	tx_begin(f);
	assert_ok(f->ops->stamp_put(f->s, b, GH_LIT("ATTLOG"), GH_LIT("2")));
	assert_ok(f->ops->stamp_put(f->s, b, GH_LIT("OPERLOG"), GH_LIT("3")));
	tx_commit(f);
	assert_int_equal(
		write_alone(f, f->ops->stamp_put(f->s, b + 1, GH_LIT("A"), GH_LIT("3"))),
		GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->option_put(f->s, 0, GH_LIT("A"), GH_LIT("3"))),
			 GH_ENOTFOUND);
	assert_ok(f->ops->options_read(f->r, 0, see_pair, &options));
	assert_int_equal(options.n, 3);
	assert_true(has_pair(&options, a, "FWVersion=2"));
	assert_true(has_pair(&options, a, "fwversion="));
	assert_true(has_pair(&options, b, "FWVersion=3"));
	options.n = 0;
	tx_begin(f);
	assert_ok(f->ops->option_put(f->s, b, GH_LIT("Door2ValidTZ"), GH_LIT("4")));
	assert_ok(f->ops->options_scan(f->s, b, see_pair, &options));
	tx_commit(f);
	assert_int_equal(options.n, 2);
	assert_true(has_pair(&options, b, "Door2ValidTZ=4"));
	assert_ok(f->ops->stamps_read(f->r, 0, see_pair, &stamps));
	assert_int_equal(stamps.n, 3);
	assert_true(has_pair(&stamps, a, "ATTLOG=9999"));
	assert_ok(f->ops->stamps_read(f->r, b, see_pair, &of_b));
	assert_int_equal(of_b.n, 2);
	assert_true(has_pair(&of_b, b, "ATTLOG=2"));
	assert_true(has_pair(&of_b, b, "OPERLOG=3"));
}

static bool serial_is_a1(void *ctx, const struct punch *p)
{
	(void)ctx;
	assert_slice(p->serial, "A1");
	return true;
}

static void device_furnish(struct fixture *f, int64_t device)
{
	struct person person = { .present = 1 << PERSON_pin, .pin = GH_LIT("1") };
	struct command open = { .device = device, .shown = GH_LIT("CHECK") };
	struct command ended = { .device = device,
				 .shown = GH_LIT("INFO"),
				 .state = COMMAND_ACKNOWLEDGED };
	struct quarantine q = { .device = device, .table = GH_LIT("ATTLOG") };
	struct raw_upload u = { .device = device, .table = GH_LIT("X") };

	tx_begin(f);
	assert_ok(f->ops->option_put(f->s, device, GH_LIT("K"), GH_LIT("V")));
	assert_ok(f->ops->stamp_put(f->s, device, GH_LIT("ATTLOG"), GH_LIT("5")));
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, device, 1, &person));
	assert_ok(f->ops->command_put(f->s, &open, 1, GH_LIT("")));
	assert_ok(f->ops->command_put(f->s, &ended, 1, GH_LIT("")));
	assert_ok(f->ops->quarantine_put(f->s, &q));
	assert_ok(f->ops->upload_put(f->s, &u));
	tx_commit(f);
}

static void a_deleted_device_leaves_its_punches(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a, "2", 1) };
	struct store_counts counts;
	struct pairs pairs = { 0 };
	struct devices ds;

	device_furnish(f, a);
	device_furnish(f, b);
	assert_int_equal(punches_store(f, p, 2), 2);
	delete (f, a);
	ds = devices_of(f);
	assert_int_equal(ds.n, 1);
	assert_int_equal(ds.id[0], b);
	assert_ok(f->ops->counts(f->r, &counts));
	assert_int_equal(counts.punches, 2);
	assert_int_equal(counts.records[KIND_PERSON], 1);
	assert_int_equal(counts.commands[COMMAND_QUEUED], 1);
	assert_int_equal(counts.commands[COMMAND_ACKNOWLEDGED], 2);
	assert_int_equal(counts.quarantined, 2);
	assert_int_equal(counts.raw_uploads, 2);
	assert_ok(f->ops->options_read(f->r, 0, see_pair, &pairs));
	assert_ok(f->ops->stamps_read(f->r, 0, see_pair, &pairs));
	assert_int_equal(pairs.n, 2);
	assert_true(has_pair(&pairs, b, "K=V"));
	assert_true(has_pair(&pairs, b, "ATTLOG=5"));
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 9), serial_is_a1, NULL));
	assert_int_equal(write_alone(f, f->ops->device_delete(f->s, a)), GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->device_delete(f->s, 999)), GH_ENOTFOUND);
}

static void a_deleted_device_is_written_to_no_more(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p = punch_at(a, "1", 0);
	struct person person = { .present = 1 << PERSON_pin, .pin = GH_LIT("1") };
	struct command c = { .device = a, .shown = GH_LIT("CHECK") };
	struct quarantine q = { .device = a };
	struct raw_upload u = { .device = a };
	struct device_row d = { .id = a,
				.present = DEVICE_FIELDS_OF(DEVICE_name),
				.name = GH_LIT("x") };
	size_t fresh;

	assert_int_equal(punches_store(f, &p, 1), 1);
	delete (f, a);
	p.time++;
	assert_int_equal(write_alone(f, f->ops->punches_put(f->s, &p, 1, &fresh)),
			 GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->record_put(f->s, KIND_PERSON, a, 1, &person)),
			 GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->command_put(f->s, &c, 1, GH_LIT(""))),
			 GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->quarantine_put(f->s, &q)), GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->upload_put(f->s, &u)), GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->option_put(f->s, a, GH_LIT("k"), GH_LIT("v"))),
			 GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->stamp_put(f->s, a, GH_LIT("k"), GH_LIT("v"))),
			 GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->device_put(f->s, &d)), GH_ENOTFOUND);
	assert_int_equal(devices_of(f).n, 0);
	assert_int_equal(last_seq(f), 1);
}

static void a_device_is_found_by_its_serial_number(void **state)
{
	struct fixture *f = *state;
	struct devices ds = { 0 };

	device_new(f, "A1");
	int64_t b = device_new(f, "B2");

	assert_ok(f->ops->device_find(f->r, GH_LIT("B2"), see_device, &ds));
	assert_int_equal(ds.n, 1);
	assert_int_equal(ds.id[0], b);
	assert_string_equal(ds.sn[0], "B2");
	assert_int_equal(f->ops->device_find(f->r, GH_LIT("b2"), see_device, &ds),
			 GH_ENOTFOUND);
	delete (f, b);
	assert_int_equal(f->ops->device_find(f->r, GH_LIT("B2"), see_device, &ds),
			 GH_ENOTFOUND);
	assert_int_equal(ds.n, 1);
}

static void last_contacts_are_stored_for_many_devices_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2"), c = device_new(f, "C3");
	struct device_seen_row row[] = { { a, 5 }, { b, 6 }, { c, 7 }, { c + 100, 8 } };
	struct devices ds;

	delete (f, b);
	/* The deleted and the unknown one are passed over. */
	assert_ok(write_alone(f, f->ops->seen_put(f->s, row, 4)));
	assert_ok(write_alone(f, f->ops->seen_put(f->s, row, 0)));
	ds = devices_of(f);
	assert_int_equal(ds.n, 2);
	assert_int_equal(ds.seen_ms[0], 5);
	assert_int_equal(ds.seen_ms[1], 7);
	row[0].seen_ms = 9;
	assert_ok(write_alone(f, f->ops->seen_put(f->s, row, 1)));
	assert_int_equal(devices_of(f).seen_ms[0], 9);
}

static void a_serial_number_that_returns_gets_its_old_number(void **state)
{
	struct fixture *f = *state;
	struct device_row d = { .present =
					DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_zone, DEVICE_name),
				.sn = GH_LIT("A1"),
				.zone = GH_LIT("UTC"),
				.name = GH_LIT("Gate") };
	struct device_row back = { .present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_state),
				   .sn = GH_LIT("A1"),
				   .state = DEVICE_HELD };
	struct pairs pairs = { 0 };

	assert_ok(device_put_test(f, &d));
	struct punch p[] = { punch_at(d.id, "1", 0), punch_at(d.id, "2", 1) };

	device_new(f, "B2");
	device_furnish(f, d.id);
	assert_int_equal(punches_store(f, p, 2), 2);
	delete (f, d.id);
	fixture_reopen(f);
	assert_ok(device_put_test(f, &back));
	assert_int_equal(back.id, d.id);

	struct devices ds = devices_of(f);

	/* As if it had never been here, but for the ledger. */
	assert_int_equal(ds.n, 2);
	assert_fields(ds.present[0], fields_both(back.present, DEVICE_FIELDS_OF(DEVICE_area)));
	assert_ok(f->ops->options_read(f->r, back.id, see_pair, &pairs));
	assert_ok(f->ops->stamps_read(f->r, back.id, see_pair, &pairs));
	assert_int_equal(pairs.n, 0);
	assert_int_equal(punches_store(f, p, 2), 0);
	assert_int_equal(last_seq(f), 2);
}

static void a_deletion_can_be_taken_back(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct store_counts counts;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("C3") };

	device_furnish(f, a);
	tx_begin(f);
	assert_ok(f->ops->device_delete(f->s, a));
	assert_ok(f->ops->device_put(f->s, &d));
	assert_int_equal(devices_of(f).n, 1);
	tx_rollback(f);
	assert_int_equal(devices_of(f).n, 1);
	assert_ok(f->ops->counts(f->r, &counts));
	assert_int_equal(counts.records[KIND_PERSON], 1);
	assert_int_equal(counts.commands[COMMAND_QUEUED], 1);
	device_furnish(f, a);
}

static void a_device_that_was_not_committed_is_unknown(void **state)
{
	struct fixture *f = *state;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("C3") };

	tx_begin(f);
	assert_ok(f->ops->device_put(f->s, &d));
	assert_ok(f->ops->stamp_put(f->s, d.id, GH_LIT("ATTLOG"), GH_LIT("1")));
	tx_rollback(f);

	struct punch p = punch_at(d.id, "1", 0);
	size_t fresh;

	assert_int_equal(
		write_alone(f, f->ops->stamp_put(f->s, d.id, GH_LIT("ATTLOG"), GH_LIT("1"))),
		GH_ENOTFOUND);
	assert_int_equal(write_alone(f, f->ops->punches_put(f->s, &p, 1, &fresh)),
			 GH_ENOTFOUND);
}

static int64_t persons_of(struct fixture *f, int64_t device)
{
	int64_t counts[KIND_COUNT];

	assert_ok(f->ops->record_counts(f->r, device, counts));
	return counts[KIND_PERSON];
}

static bool privileged_seen(void *ctx, gh_slice pin, int64_t privilege)
{
	(void)pin;
	(void)privilege;
	++*(size_t *)ctx;
	return true;
}

/* Those of whom it is not known are among them. */
static size_t privileged_of(struct fixture *f, int64_t device)
{
	size_t n = 0;

	assert_ok(f->ops->people_privileged(f->r, device, privileged_seen, &n));
	return n;
}

static void people_put(struct fixture *f, int64_t device, int first, int n)
{
	tx_begin(f);
	for (int i = first; i < first + n; i++) {
		char pin[16];
		struct person person = { .present = 1 << PERSON_pin };

		snprintf(pin, sizeof(pin), "%d", i);
		person.pin = gh_slice_of(pin);
		assert_ok(f->ops->record_put(f->s, KIND_PERSON, device, 1, &person));
	}
	tx_commit(f);
}

/* Pieces until none is left; how many there were. */
static size_t clear_all(struct fixture *f, size_t limit, size_t *removed)
{
	size_t pieces = 0;
	bool more = true;

	for (*removed = 0; more; pieces++) {
		size_t n = SIZE_MAX;

		tx_begin(f);
		assert_ok(f->ops->devices_clear(f->s, limit, &n, &more));
		tx_commit(f);
		assert_true(n <= limit);
		*removed += n;
	}
	return pieces;
}

static void many_records_of_a_deleted_device_are_hidden_and_removed_in_pieces(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct person person = { .present = 1 << PERSON_pin, .pin = GH_LIT("7") };
	struct device_row back = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("A1") };
	struct punch p = punch_at(a, "1", 0);
	struct store_counts counts;
	struct seen seen = { 0 };
	size_t removed, fresh;

	people_put(f, a, 0, 1000);
	people_put(f, b, 0, 3);
	assert_int_equal(privileged_of(f, a), 1000);
	delete (f, a);
	assert_int_equal(persons_of(f, a), 0);
	assert_int_equal(privileged_of(f, a), 0);
	assert_int_equal(privileged_of(f, b), 3);
	assert_int_equal(persons_of(f, 0), 3);
	assert_ok(f->ops->counts(f->r, &counts));
	assert_int_equal(counts.records[KIND_PERSON], 3);
	assert_ok(f->ops->rows_read(f->r, &ROWS(STORE_RECORDS + KIND_PERSON, .limit = 5000),
				    see_number, &seen));
	assert_int_equal(seen.n, 3);

	/* The serial number comes back: punches are taken at once, records when there is room for
	 * them. */
	assert_ok(device_put_test(f, &back));
	assert_int_equal(back.id, a);
	assert_int_equal(write_alone(f, f->ops->punches_put(f->s, &p, 1, &fresh)), GH_OK);
	assert_int_equal(write_alone(f, f->ops->record_put(f->s, KIND_PERSON, a, 1, &person)),
			 GH_EBUSY);
	assert_int_equal(persons_of(f, a), 0);
	assert_int_equal(privileged_of(f, a), 0);
	fixture_reopen(f);
	assert_true(clear_all(f, 100, &removed) >= 9);
	assert_true(removed >= 800 && removed <= 1000);
	assert_int_equal(clear_all(f, 100, &removed), 1);
	assert_int_equal(removed, 0);
	assert_int_equal(persons_of(f, a), 0);
	assert_ok(write_alone(f, f->ops->record_put(f->s, KIND_PERSON, a, 1, &person)));
	assert_int_equal(persons_of(f, a), 1);
	assert_int_equal(persons_of(f, 0), 4);
}

int contract_devices(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(a_device_is_known_by_its_serial_number),
		CONTRACT(a_change_of_a_device_touches_what_it_names),
		CONTRACT(what_a_dialect_needs_is_stored_beside_the_device),
		CONTRACT(options_and_stamps_hold_the_latest_value),
		CONTRACT(a_deleted_device_leaves_its_punches),
		CONTRACT(a_deleted_device_is_written_to_no_more),
		CONTRACT(a_serial_number_that_returns_gets_its_old_number),
		CONTRACT(a_deletion_can_be_taken_back),
		CONTRACT(a_device_that_was_not_committed_is_unknown),
		CONTRACT(many_records_of_a_deleted_device_are_hidden_and_removed_in_pieces),
		CONTRACT(a_device_is_found_by_its_serial_number),
		CONTRACT(last_contacts_are_stored_for_many_devices_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
