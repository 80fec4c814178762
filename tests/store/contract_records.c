#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/record.h"
#include "store/maintenance.h"

static bool is_text(const struct model_field *f)
{
	return f->type == MODEL_TEXT || f->type == MODEL_BYTES;
}

static bool is_key(const struct model_field *f)
{
	return (f->flags & MODEL_KEY) != 0;
}

static void set_text(const struct model_kind *k, union model_record *r, size_t i, gh_slice v)
{
	*(gh_slice *)model_at(k, r, i) = v;
	r->present |= (uint64_t)1 << i;
}

static void set_number(const struct model_kind *k, union model_record *r, size_t i, int64_t v)
{
	*(int64_t *)model_at(k, r, i) = v;
	r->present |= (uint64_t)1 << i;
}

/* Field i gets a value that differs for all fields and versions. Texts live in `room`. */
static void record_set(const struct model_kind *k, union model_record *r, size_t i, int version,
		       char room[64][32])
{
	if (!is_text(&k->field[i])) {
		set_number(k, r, i, version * 1000 + (int64_t)i);
		return;
	}
	snprintf(room[i], 32, "%s %d", k->field[i].column, version);
	set_text(k, r, i, gh_slice_of(room[i]));
}

struct expectation {
	const struct model_kind *kind;
	const union model_record *record;
	int64_t device, received_ms;
	const char *serial;
	size_t seen;
	int64_t id;
};

static bool record_expect(void *ctx, const struct record_row *row)
{
	struct expectation *e = ctx;

	assert_int_equal(row->device, e->device);
	assert_int_equal(row->received_ms, e->received_ms);
	assert_slice(row->serial, e->serial);
	assert_true(row->id > 0);
	assert_int_equal(*(const uint64_t *)row->record, e->record->present);
	for (size_t i = 0; i < e->kind->fields; i++) {
		const void *got = model_at_const(e->kind, row->record, i);
		const void *want = model_at_const(e->kind, e->record, i);

		if (!model_has(e->record, i))
			continue;
		if (is_text(&e->kind->field[i]))
			assert_true(
				gh_slice_eq(*(const gh_slice *)got, *(const gh_slice *)want));
		else
			assert_int_equal(*(const int64_t *)got, *(const int64_t *)want);
	}
	e->seen++;
	e->id = row->id;
	return true;
}

void record_put_test(struct fixture *f, enum model_kind_id kind, int64_t device,
		     int64_t received_ms, const void *record)
{
	tx_begin(f);
	assert_ok(f->ops->record_put(f->s, kind, device, received_ms, record));
	tx_commit(f);
}

static void one_row(struct fixture *f, enum model_kind_id kind, int64_t device,
		    int64_t received_ms, const union model_record *record)
{
	struct expectation e = { &model_kinds[kind], record, device, received_ms, "A1", 0, 0 };

	assert_ok(f->ops->records_read(f->r, kind, &ALL_ROWS, record_expect, &e));
	assert_int_equal(e.seen, 1);
	assert_ok(f->ops->record_get(f->r, kind, e.id, record_expect, &e));
	assert_int_equal(e.seen, 2);
}

static void an_absent_field_leaves_the_stored_value_alone(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), now = 1000;

	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		const struct model_kind *k = &model_kinds[kind];
		char room[64][32], changed[64][32];
		union model_record whole = { 0 }, key = { 0 };

		for (size_t i = 0; i < k->fields; i++)
			if (is_key(&k->field[i]))
				record_set(k, &key, i, 1, room);
		/* The key alone makes a row without values ... */
		record_put_test(f, kind, a, ++now, &key);
		one_row(f, kind, a, now, &key);
		/* ... which the values join ... */
		for (size_t i = 0; i < k->fields; i++)
			record_set(k, &whole, i, 1, room);
		record_put_test(f, kind, a, ++now, &whole);
		one_row(f, kind, a, now, &whole);
		/* ... and stay in, when only the key or one of them comes again. */
		record_put_test(f, kind, a, ++now, &key);
		one_row(f, kind, a, now, &whole);
		for (size_t i = 0; i < k->fields; i++) {
			union model_record one = key;

			if (is_key(&k->field[i]))
				continue;
			record_set(k, &one, i, 2, changed);
			record_set(k, &whole, i, 2, changed);
			record_put_test(f, kind, a, ++now, &one);
			one_row(f, kind, a, now, &whole);
		}
	}
}

static void an_empty_field_clears_the_stored_value(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), now = 1000;

	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		const struct model_kind *k = &model_kinds[kind];
		char room[64][32];
		union model_record r = { 0 };

		for (size_t i = 0; i < k->fields; i++)
			record_set(k, &r, i, 1, room);
		record_put_test(f, kind, a, ++now, &r);
		for (size_t i = 0; i < k->fields; i++) {
			if (is_key(&k->field[i]))
				continue;
			if (is_text(&k->field[i]))
				set_text(k, &r, i, (gh_slice){ 0 });
			else
				set_number(k, &r, i, 0);
		}
		record_put_test(f, kind, a, ++now, &r);
		one_row(f, kind, a, now, &r);
	}
}

static void every_key_field_and_the_device_distinguish_records(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");

	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		const struct model_kind *k = &model_kinds[kind];
		char room[64][32], other[64][32];
		union model_record r = { 0 };
		int64_t counts[KIND_COUNT], rows = 1;

		for (size_t i = 0; i < k->fields; i++)
			record_set(k, &r, i, 1, room);
		record_put_test(f, kind, a, 1, &r);
		record_put_test(f, kind, b, 1, &r);
		for (size_t i = 0; i < k->fields; i++) {
			union model_record one = r;

			record_set(k, &one, i, 2, other);
			record_put_test(f, kind, a, 1, &one);
			record_put_test(f, kind, a, 1, &one);
			rows += is_key(&k->field[i]);
		}
		assert_ok(f->ops->record_counts(f->r, a, counts));
		assert_int_equal(counts[kind], rows);
		assert_ok(f->ops->record_counts(f->r, b, counts));
		assert_int_equal(counts[kind], 1);
		assert_ok(f->ops->record_counts(f->r, 0, counts));
		assert_int_equal(counts[kind], rows + 1);
	}
}

static void a_record_is_found_by_all_its_keys(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");

	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		const struct model_kind *k = &model_kinds[kind];
		char room[64][32], other[64][32];
		union model_record whole = { 0 }, key = { 0 };
		struct expectation e = { .kind = k,
					 .record = &whole,
					 .device = a,
					 .received_ms = 7,
					 .serial = "A1" };

		for (size_t i = 0; i < k->fields; i++) {
			record_set(k, &whole, i, 1, room);
			if (is_key(&k->field[i]))
				record_set(k, &key, i, 1, room);
		}
		record_put_test(f, kind, a, 7, &whole);
		tx_begin(f);
		assert_ok(f->ops->record_find(f->s, kind, a, &key, record_expect, &e));
		assert_int_equal(e.seen, 1);
		assert_int_equal(f->ops->record_find(f->s, kind, b, &key, record_expect, &e),
				 GH_ENOTFOUND);
		for (size_t i = 0; i < k->fields; i++) {
			union model_record wrong = key;

			if (!is_key(&k->field[i]))
				continue;
			record_set(k, &wrong, i, 2, other);
			assert_int_equal(
				f->ops->record_find(f->s, kind, a, &wrong, record_expect, &e),
				GH_ENOTFOUND);
		}
		tx_commit(f);
		assert_int_equal(e.seen, 1);
	}
}

static void an_absent_key_field_counts_as_empty(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");

	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		const struct model_kind *k = &model_kinds[kind];
		union model_record none = { 0 }, empty = { 0 };

		for (size_t i = 0; i < k->fields; i++) {
			if (!is_key(&k->field[i]))
				continue;
			if (is_text(&k->field[i]))
				set_text(k, &empty, i, (gh_slice){ 0 });
			else
				set_number(k, &empty, i,
					   k->field[i].type == MODEL_TIME ? GHI_CIVIL_NONE : 0);
		}
		record_put_test(f, kind, a, 1, &none);
		record_put_test(f, kind, a, 2, &empty);
		record_put_test(f, kind, a, 3, &none);
		one_row(f, kind, a, 3, &empty);
	}
}

static struct person person_of(gh_slice pin)
{
	return (struct person){ .present = 1 << PERSON_pin, .pin = pin };
}

struct pins {
	size_t n;
	gh_slice want[32];
	int64_t id[32];
};

static bool see_pin(void *ctx, const struct record_row *row)
{
	const struct person *p = row->record;
	struct pins *pins = ctx;

	assert_true(gh_slice_eq(p->pin, pins->want[pins->n]));
	pins->id[pins->n++] = row->id;
	return true;
}

static void a_pin_is_exact_to_the_byte(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	static const uint8_t ff[] = { 0xff }, nul[] = { '7', 0 }, y[] = { 0xc3, 0xbf };
	struct pins pins = { .want = { GH_LIT("7"),
				       GH_LIT("007"),
				       GH_LIT("A7"),
				       GH_LIT("a7"),
				       { ff, 1 },
				       { nul, 2 },
				       { y, 2 },
				       GH_LIT("7.0") } };

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < 8; i++) {
			struct person p = person_of(pins.want[i]);

			record_put_test(f, KIND_PERSON, a, round, &p);
		}
	assert_ok(f->ops->records_read(f->r, KIND_PERSON, &ALL_ROWS, see_pin, &pins));
	assert_int_equal(pins.n, 8);
	for (size_t i = 0; i < 8; i++) {
		struct person p = person_of(pins.want[i]);
		struct pins one = { .want = { pins.want[i] } };
		size_t removed = 99;

		assert_ok(f->ops->records_read(f->r, KIND_PERSON,
					       &PAGE(.limit = 9, .pin = pins.want[i]), see_pin,
					       &one));
		assert_int_equal(one.n, 1);
		assert_int_equal(one.id[0], pins.id[i]);
		tx_begin(f);
		assert_ok(f->ops->record_delete(f->s, KIND_PERSON, a, &p, &removed));
		tx_commit(f);
		assert_int_equal(removed, 1);
	}
}

static int64_t count_of(struct fixture *f, enum model_kind_id kind)
{
	int64_t counts[KIND_COUNT];

	assert_ok(f->ops->record_counts(f->r, 0, counts));
	return counts[kind];
}

static void removal_goes_by_the_key_fields_that_are_given(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct template t = { .present = 1 << TEMPLATE_pin | 1 << TEMPLATE_source |
					 1 << TEMPLATE_no | 1 << TEMPLATE_data,
			      .pin = GH_LIT("1"),
			      .source = GH_LIT("fp"),
			      .data = GH_LIT("AAAA") };
	const struct {
		struct template key;
		int64_t removed, left;
	} c[] = {
		{ { .present = 1 << TEMPLATE_pin | 1 << TEMPLATE_no,
		    .pin = GH_LIT("1"),
		    .no = 3 },
		  1,
		  19 },
		/* What is not part of the key does not narrow it. */
		{ { .present = 1 << TEMPLATE_pin | 1 << TEMPLATE_data,
		    .pin = GH_LIT("1"),
		    .data = GH_LIT("BBBB") },
		  4,
		  15 },
		{ { .present = 1 << TEMPLATE_pin, .pin = GH_LIT("9") }, 0, 15 },
		{ { .present = 0 }, 5, 10 },
		{ { .present = 0 }, 0, 10 },
	};

	for (int i = 0; i < 20; i++) {
		t.no = i % 5;
		t.pin = i % 10 < 5 ? GH_LIT("1") : GH_LIT("2");
		record_put_test(f, KIND_TEMPLATE, i < 10 ? a : b, 1, &t);
	}
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		size_t removed = 99;

		tx_begin(f);
		assert_ok(f->ops->record_delete(f->s, KIND_TEMPLATE, a, &c[i].key, &removed));
		tx_commit(f);
		assert_int_equal(removed, c[i].removed);
		assert_int_equal(count_of(f, KIND_TEMPLATE), c[i].left);
	}
}

static bool see_id(void *ctx, const struct record_row *row)
{
	struct seen *seen = ctx;

	if (seen->n < 64)
		seen->id[seen->n] = row->id;
	seen->n++;
	return seen->n != seen->stop_at;
}

static void record_numbers_rise_and_are_never_used_again(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct person p = person_of(GH_LIT("1"));
	struct seen seen = { 0 };
	int64_t last = 0;
	size_t removed;

	for (int i = 0; i < 3; i++) {
		record_put_test(f, KIND_PERSON, a, 1, &p);
		fixture_reopen(f);
		seen = (struct seen){ 0 };
		assert_ok(f->ops->records_read(f->r, KIND_PERSON, &ALL_ROWS, see_id, &seen));
		assert_int_equal(seen.n, 1);
		assert_true(seen.id[0] > last);
		last = seen.id[0];
		tx_begin(f);
		assert_ok(f->ops->record_delete(f->s, KIND_PERSON, a, &p, &removed));
		tx_commit(f);
		assert_int_equal(f->ops->record_get(f->r, KIND_PERSON, last, see_id, &seen),
				 GH_ENOTFOUND);
	}
}

static void record_lists_have_pages(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	char pin[30][8];
	struct seen all = { 0 };

	for (int i = 0; i < 30; i++) {
		snprintf(pin[i], 8, "%d", i / 2);
		struct person p = person_of(gh_slice_of(pin[i]));

		record_put_test(f, KIND_PERSON, i % 2 ? b : a, 1, &p);
	}
	assert_ok(f->ops->records_read(f->r, KIND_PERSON, &ALL_ROWS, see_id, &all));
	assert_int_equal(all.n, 30);

	const struct {
		struct store_page page;
		size_t n, first, last; /* places in `all` */
	} c[] = {
		{ PAGE(.limit = 7), 7, 0, 6 },
		{ PAGE(.limit = 7, .after = all.id[20]), 7, 21, 27 },
		{ PAGE(.limit = 7, .after = all.id[29]), 0, 0, 0 },
		{ PAGE(.limit = 7, .descending = true), 7, 29, 23 },
		{ PAGE(.limit = 7, .descending = true, .after = all.id[3]), 3, 2, 0 },
		{ PAGE(.limit = 99, .device = b), 15, 1, 29 },
		{ PAGE(.limit = 99, .pin = GH_LIT("4")), 2, 8, 9 },
		{ PAGE(.limit = 99, .pin = GH_LIT("4"), .device = a), 1, 8, 8 },
		{ PAGE(.limit = 0), 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct seen seen = { 0 };

		assert_ok(f->ops->records_read(f->r, KIND_PERSON, &c[i].page, see_id, &seen));
		assert_int_equal(seen.n, c[i].n);
		if (seen.n == 0)
			continue;
		assert_int_equal(seen.id[0], all.id[c[i].first]);
		assert_int_equal(seen.id[seen.n - 1], all.id[c[i].last]);
	}
	all = (struct seen){ .stop_at = 3 };
	assert_ok(f->ops->records_read(f->r, KIND_PERSON, &ALL_ROWS, see_id, &all));
	assert_int_equal(all.n, 3);
}

static void a_kind_without_pins_has_none_to_show(void **state)
{
	struct fixture *f = *state;
	struct oplog o = { .present = 1 << OPLOG_admin, .admin = GH_LIT("1") };
	struct seen seen = { 0 };

	record_put_test(f, KIND_OPLOG, device_new(f, "A1"), 1, &o);
	assert_ok(f->ops->records_read(f->r, KIND_OPLOG, &PAGE(.limit = 9, .pin = GH_LIT("1")),
				       see_id, &seen));
	assert_int_equal(seen.n, 0);
}

static void records_come_and_go_with_their_transaction(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct person p = person_of(GH_LIT("1")), q = person_of(GH_LIT("2"));
	size_t removed;

	record_put_test(f, KIND_PERSON, a, 1, &p);
	tx_begin(f);
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, a, 2, &q));
	assert_ok(f->ops->record_delete(f->s, KIND_PERSON, a, &p, &removed));
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, a, 3, &p));
	assert_int_equal(count_of(f, KIND_PERSON), 1);
	tx_rollback(f);
	assert_int_equal(count_of(f, KIND_PERSON), 1);
	/* The one that was removed and put again is still the same row. */
	record_put_test(f, KIND_PERSON, a, 4, &p);
	assert_int_equal(count_of(f, KIND_PERSON), 1);
	assert_int_equal(write_alone(f, f->ops->record_put(f->s, KIND_PERSON, a + 1, 1, &p)),
			 GH_ENOTFOUND);
	assert_int_equal(f->ops->record_put(f->s, KIND_PERSON, a, 1, &p), GH_ESTATE);
}

int contract_records(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(an_absent_field_leaves_the_stored_value_alone),
		CONTRACT(an_empty_field_clears_the_stored_value),
		CONTRACT(every_key_field_and_the_device_distinguish_records),
		CONTRACT(a_record_is_found_by_all_its_keys),
		CONTRACT(an_absent_key_field_counts_as_empty),
		CONTRACT(a_pin_is_exact_to_the_byte),
		CONTRACT(removal_goes_by_the_key_fields_that_are_given),
		CONTRACT(record_numbers_rise_and_are_never_used_again),
		CONTRACT(record_lists_have_pages),
		CONTRACT(a_kind_without_pins_has_none_to_show),
		CONTRACT(records_come_and_go_with_their_transaction),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
