#include "contract.h"

#define UNIT_ROWS 8

struct unit_rows {
	size_t n;
	char text[UNIT_ROWS][128];
};

static bool unit_row_note(void *ctx, const struct unit_row *row)
{
	struct unit_rows *r = ctx;

	if (r->n == UNIT_ROWS)
		return false;
	snprintf(r->text[r->n++], sizeof(r->text[0]), "%.*s/%.*s/%.*s %s %lld",
		 GH_FMT(row->unit), GH_FMT(row->key), GH_FMT(row->row),
		 unit_row_origin_name(row->origin), (long long)row->as_of_ms);
	return true;
}

static bool unit_table_note(void *ctx, gh_slice table, int64_t rows, int64_t as_of_ms)
{
	struct unit_rows *r = ctx;

	if (r->n == UNIT_ROWS)
		return false;
	snprintf(r->text[r->n++], sizeof(r->text[0]), "%.*s %lld %lld", GH_FMT(table),
		 (long long)rows, (long long)as_of_ms);
	return true;
}

static void unit_row_store(struct fixture *f, int64_t device, const char *unit,
			   const char *table, const char *key, const char *row,
			   int64_t as_of_ms)
{
	struct unit_row r = {
		.unit = gh_slice_of(unit),
		.table = gh_slice_of(table),
		.key = gh_slice_of(key),
		.row = gh_slice_of(row),
		.origin = UNIT_ROW_WRITTEN,
		.as_of_ms = as_of_ms,
	};

	tx_begin(f);
	assert_ok(f->ops->unit_row_put(f->s, device, &r));
	tx_commit(f);
}

static struct unit_rows unit_rows_of(struct fixture *f, int64_t device, const char *unit,
				     const char *table)
{
	struct unit_rows r = { 0 };

	assert_ok(f->ops->unit_rows_read(f->r, device, gh_slice_of(unit), gh_slice_of(table),
					 (gh_slice){ 0 }, 100, unit_row_note, &r));
	return r;
}

static void a_row_of_a_units_table_is_replaced_by_its_key(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "UR1"), b = device_new(f, "UR2");
	struct unit_rows r;

	unit_row_store(f, a, "", "user", "2", "Pin=2", 10);
	unit_row_store(f, a, "", "user", "1", "Pin=1\tName=x", 11);
	unit_row_store(f, a, "", "user", "1", "Pin=1\tName=y", 12);
	unit_row_store(f, a, "SUB", "user", "1", "Pin=1", 13);
	unit_row_store(f, a, "", "holiday", "20261225", "Holiday=20261225", 14);
	unit_row_store(f, b, "", "user", "1", "Pin=1", 15);
	r = unit_rows_of(f, a, "", "user");
	assert_int_equal(r.n, 2);
	assert_string_equal(r.text[0], "/1/Pin=1\tName=y written 12");
	assert_string_equal(r.text[1], "/2/Pin=2 written 10");
	assert_int_equal(unit_rows_of(f, a, "SUB", "user").n, 1);
	r = (struct unit_rows){ 0 };
	assert_ok(f->ops->unit_rows_read(f->r, a, GH_LIT(""), GH_LIT("user"), GH_LIT("1"), 1,
					 unit_row_note, &r));
	assert_int_equal(r.n, 1);
	assert_string_equal(r.text[0], "/2/Pin=2 written 10");
	r = (struct unit_rows){ 0 };
	assert_ok(f->ops->unit_tables_read(f->r, a, unit_table_note, &r));
	assert_int_equal(r.n, 2);
	assert_string_equal(r.text[0], "holiday 1 14");
	assert_string_equal(r.text[1], "user 3 13");
	r = (struct unit_rows){ 0 };
	assert_ok(f->ops->unit_row_get(f->r, a, GH_LIT(""), GH_LIT("user"), GH_LIT("1"),
				       unit_row_note, &r));
	assert_int_equal(r.n, 1);
	assert_int_equal(f->ops->unit_row_get(f->r, a, GH_LIT(""), GH_LIT("user"), GH_LIT("3"),
					      unit_row_note, &r),
			 GH_ENOTFOUND);
}

static void unit_card_store(struct fixture *f, int64_t device, const char *unit,
			    const char *table, const char *key, int64_t card)
{
	struct unit_row r = { .unit = gh_slice_of(unit),
			      .table = gh_slice_of(table),
			      .key = gh_slice_of(key),
			      .row = gh_slice_of(key),
			      .card = card,
			      .as_of_ms = 1 };

	assert_ok(write_alone(f, f->ops->unit_row_put(f->s, device, &r)));
}

static struct unit_rows rows_of_card(struct fixture *f, int64_t device, int64_t card)
{
	struct unit_rows r = { 0 };

	assert_ok(f->ops->unit_rows_of_card(f->r, device, (gh_slice){ 0 }, card, 3,
					    unit_row_note, &r));
	return r;
}

static void rows_of_a_unit_are_found_by_their_card(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "UR1"), b = device_new(f, "UR2");
	struct unit_rows r;

	unit_card_store(f, a, "", "user", "2", 77);
	unit_card_store(f, a, "", "user", "1", 77);
	unit_card_store(f, a, "", "mulcarduser", "1\t4D", 77);
	unit_card_store(f, a, "", "user", "3", INT64_MAX);
	unit_card_store(f, a, "", "user", "4", 0);
	unit_card_store(f, a, "SUB", "user", "1", 77);
	unit_card_store(f, b, "", "user", "9", 77);
	r = rows_of_card(f, a, 77);
	assert_int_equal(r.n, 3);
	assert_string_equal(r.text[0], "/1\t4D/1\t4D written 1");
	assert_string_equal(r.text[1], "/1/1 written 1");
	assert_string_equal(r.text[2], "/2/2 written 1");
	assert_int_equal(rows_of_card(f, a, INT64_MAX).n, 1);
	assert_int_equal(rows_of_card(f, a, 0).n, 0);
	/* The same row with another card, and with none. */
	unit_card_store(f, a, "", "user", "2", 78);
	unit_card_store(f, a, "", "user", "1", 0);
	assert_int_equal(rows_of_card(f, a, 77).n, 1);
	assert_int_equal(rows_of_card(f, a, 78).n, 1);
}

static void rows_of_a_unit_go_one_by_one_by_table_and_with_the_device(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "UR1");
	struct unit_rows r = { 0 };

	unit_row_store(f, a, "", "user", "1", "Pin=1", 1);
	unit_row_store(f, a, "", "user", "2", "Pin=2", 1);
	unit_row_store(f, a, "", "holiday", "20261225", "Holiday=20261225", 1);
	tx_begin(f);
	assert_ok(f->ops->unit_row_delete(f->s, a, GH_LIT(""), GH_LIT("user"), GH_LIT("1")));
	assert_ok(f->ops->unit_rows_scan(f->s, a, GH_LIT(""), GH_LIT("user"), (gh_slice){ 0 },
					 100, unit_row_note, &r));
	assert_int_equal(r.n, 1);
	assert_ok(f->ops->unit_table_clear(f->s, a, GH_LIT(""), GH_LIT("user")));
	tx_commit(f);
	assert_int_equal(unit_rows_of(f, a, "", "user").n, 0);
	assert_int_equal(unit_rows_of(f, a, "", "holiday").n, 1);
	tx_begin(f);
	assert_ok(f->ops->unit_table_clear(f->s, a, (gh_slice){ 0 }, (gh_slice){ 0 }));
	tx_commit(f);
	assert_int_equal(unit_rows_of(f, a, "", "holiday").n, 0);
	unit_row_store(f, a, "", "user", "1", "Pin=1", 1);
	assert_ok(write_alone(f, f->ops->device_delete(f->s, a)));
	assert_int_equal(unit_rows_of(f, a, "", "user").n, 0);
	assert_int_equal(
		write_alone(f, f->ops->unit_row_put(f->s, a + 99, &(struct unit_row){ 0 })),
		GH_ENOTFOUND);
}

static bool unit_state_note(void *ctx, int64_t device, const struct unit_table_state *s)
{
	struct unit_rows *r = ctx;

	(void)device;
	if (r->n == UNIT_ROWS)
		return false;
	snprintf(r->text[r->n++], sizeof(r->text[0]),
		 "%.*s %lld@%lld %lld^%lld %s#%lld %d[%.*s]%d %lld -%lld/%lld",
		 GH_FMT(s->table), (long long)s->counted, (long long)s->counted_ms,
		 (long long)s->known, (long long)s->upto, unit_doubt_name(s->doubt),
		 (long long)s->query, s->refused, GH_FMT(s->fields), s->trying,
		 (long long)s->rows_most, (long long)s->removed_ms, (long long)s->late);
	return true;
}

static void a_part_of_a_tables_state_changes_no_other(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "UR1"), b = device_new(f, "UR2");
	struct unit_table_state count = { .table = GH_LIT("user"),
					  .present = UNIT_STATE_COUNT | UNIT_STATE_KNOWN,
					  .counted = 7,
					  .counted_ms = 100,
					  .known = -1,
					  .upto = 5 },
				doubt = { .table = GH_LIT("user"),
					  .present = UNIT_STATE_DOUBT | UNIT_STATE_KNOWN,
					  .known = 6,
					  .doubt = UNIT_DOUBT_QUERIED,
					  .query = 9 },
				refused = { .table = GH_LIT("biodata Type=9"),
					    .present = UNIT_STATE_REFUSED | UNIT_STATE_MOST,
					    .refused = true,
					    .fields = GH_LIT("Tmp,No"),
					    .rows_most = 25 },
				gone = { .table = GH_LIT("user"),
					 .present = UNIT_STATE_REMOVED | UNIT_STATE_LATE,
					 .removed_ms = 50,
					 .late = 2 },
				sooner = { .table = GH_LIT("user"),
					   .present = UNIT_STATE_REMOVED,
					   .removed_ms = 40 };
	struct unit_rows r = { 0 };

	assert_ok(write_alone(f, f->ops->unit_state_put(f->s, a, &count)));
	assert_ok(write_alone(f, f->ops->unit_state_put(f->s, b, &refused)));
	assert_ok(f->ops->unit_states_due(f->r, a, 10, unit_state_note, &r));
	assert_int_equal(r.n, 0);
	assert_ok(f->ops->unit_states_due(f->r, a - 1, 10, unit_state_note, &r));
	assert_int_equal(r.n, 1);
	assert_string_equal(r.text[0], "user 7@100 -1^5 none#0 0[]0 0 -0/0");
	assert_ok(write_alone(f, f->ops->unit_state_put(f->s, a, &doubt)));
	assert_ok(write_alone(f, f->ops->unit_state_put(f->s, a, &gone)));
	/* The last time counts. */
	assert_ok(write_alone(f, f->ops->unit_state_put(f->s, a, &sooner)));
	r = (struct unit_rows){ 0 };
	tx_begin(f);
	assert_ok(f->ops->unit_state_find(f->s, a, GH_LIT("user"), unit_state_note, &r));
	assert_int_equal(
		f->ops->unit_state_find(f->s, a, GH_LIT("holiday"), unit_state_note, &r),
		GH_ENOTFOUND);
	tx_commit(f);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.text[0], "user 7@100 6^0 queried#9 0[]0 0 -50/2");
	r = (struct unit_rows){ 0 };
	assert_ok(f->ops->unit_states_read(f->r, b, unit_state_note, &r));
	assert_string_equal(r.text[0], "biodata Type=9 -1@0 0^0 none#0 1[Tmp,No]0 25 -0/0");
	assert_ok(write_alone(f, f->ops->device_delete(f->s, b)));
	r = (struct unit_rows){ 0 };
	assert_ok(f->ops->unit_states_read(f->r, b, unit_state_note, &r));
	assert_int_equal(r.n, 0);
	assert_int_equal(write_alone(f, f->ops->unit_state_put(f->s, a + 99, &count)),
			 GH_ENOTFOUND);
}

int contract_unit_rows(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT(a_row_of_a_units_table_is_replaced_by_its_key),
		CONTRACT(rows_of_a_unit_are_found_by_their_card),
		CONTRACT(rows_of_a_unit_go_one_by_one_by_table_and_with_the_device),
		CONTRACT(a_part_of_a_tables_state_changes_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
