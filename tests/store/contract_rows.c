/* Lists lists for by any column: order, pages, search, terms, counts, facets. */
#include "contract.h"

#include "model/person_state.h"
#include "model/record.h"

static struct store_rows rows_of(enum store_list list)
{
	return (struct store_rows){ .list = list, .limit = 100 };
}

static const struct store_column *row_column(enum store_list list, const char *name)
{
	const struct store_column *c = store_column_find(list, gh_slice_of(name));

	assert_non_null(c);
	return c;
}

/* What a list gave: the numbers, and the place of the last row. */
struct got {
	size_t n;
	int64_t id[64];
	struct store_key last;
	char text[1024];
};

static bool see_row(void *ctx, const void *row, const struct store_key *key)
{
	struct got *g = ctx;

	(void)row;
	assert_true(g->n < 64);
	g->id[g->n++] = key->number;
	g->last = *key;
	assert_true(key->value.s.n <= sizeof(g->text));
	if (key->value.s.n)
		memcpy(g->text, key->value.s.p, key->value.s.n);
	g->last.value.s.p = (const uint8_t *)g->text;
	return true;
}

static void rows_are(struct fixture *f, const struct store_rows *rows, const char *want)
{
	struct got g = { 0 };
	char text[256] = "";

	assert_ok(f->ops->rows_read(f->r, rows, see_row, &g));
	for (size_t i = 0; i < g.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%lld",
			 i ? " " : "", (long long)g.id[i]);
	assert_string_equal(text, want);
}

/* Six punches: PINs 3 1 2 1 2_ %A, on devices A A B B A B. */
static void punches_store_six(struct fixture *f, int64_t *a, int64_t *b)
{
	static const char *const pin[] = { "3", "1", "2", "1", "2_", "%A" };
	struct punch p[6];

	*a = device_new(f, "A");
	*b = device_new(f, "B");
	for (int i = 0; i < 6; i++) {
		p[i] = punch_at(i == 2 || i == 3 || i == 5 ? *b : *a, pin[i], 10 - i);
		assert_int_equal(punches_store(f, &p[i], 1), 1);
	}
}

static void any_column_gives_the_order_and_the_number_decides_ties(void **state)
{
	struct fixture *f = *state;
	struct store_rows rows = rows_of(STORE_PUNCHES);
	int64_t a, b;

	punches_store_six(f, &a, &b);
	rows_are(f, &rows, "1 2 3 4 5 6");
	rows.descending = true;
	rows_are(f, &rows, "6 5 4 3 2 1");
	rows.sort = row_column(STORE_PUNCHES, "pin");
	rows_are(f, &rows, "1 5 3 4 2 6");
	rows.descending = false;
	rows_are(f, &rows, "6 2 4 3 5 1");
	rows.sort = row_column(STORE_PUNCHES, "timestamp");
	rows_are(f, &rows, "6 5 4 3 2 1");
	rows.sort = row_column(STORE_PUNCHES, "deviceSerial");
	rows_are(f, &rows, "1 2 5 3 4 6");
	rows.limit = 2;
	rows_are(f, &rows, "1 2");
}

static void a_page_begins_after_the_last_row_of_the_one_before(void **state)
{
	static const char *const sorts[] = { "pin", "timestamp", "deviceSerial", "utc",
					     "zone" };
	struct fixture *f = *state;
	int64_t a, b;

	punches_store_six(f, &a, &b);
	for (size_t s = 0; s < 2 * sizeof(sorts) / sizeof(sorts[0]); s++) {
		struct store_rows rows = rows_of(STORE_PUNCHES);
		struct got all = { 0 }, page = { 0 };
		struct store_key from;

		rows.sort = row_column(STORE_PUNCHES, sorts[s / 2]);
		rows.descending = s % 2;
		assert_ok(f->ops->rows_read(f->r, &rows, see_row, &all));
		assert_int_equal(all.n, 6);
		rows.limit = 1;
		for (size_t i = 0; i < 6; i++) {
			char text[1024];
			struct got one = { 0 };

			assert_ok(f->ops->rows_read(f->r, &rows, see_row, &one));
			assert_int_equal(one.n, 1);
			page.id[page.n++] = one.id[0];
			from = one.last;
			memcpy(text, one.text, sizeof(text));
			from.value.s.p = (const uint8_t *)text;
			rows.from = &from;
			memcpy(page.text, text, sizeof(text));
			from.value.s.p = (const uint8_t *)page.text;
		}
		assert_memory_equal(page.id, all.id, sizeof(all.id));
		rows_are(f, &rows, "");
	}
}

static void bounds_and_devices_and_terms_narrow_a_list(void **state)
{
	struct fixture *f = *state;
	struct store_rows rows = rows_of(STORE_PUNCHES);
	struct store_term term[2] = { 0 };
	int64_t a, b, n = 0;

	punches_store_six(f, &a, &b);
	rows.after = 2;
	rows.before = 5;
	rows_are(f, &rows, "3 4");
	rows.device = a;
	rows_are(f, &rows, "");
	rows.after = rows.before = 0;
	rows_are(f, &rows, "1 2 5");
	term[0] = (struct store_term){ row_column(STORE_PUNCHES, "pin"),
				       MATCH_EQUAL,
				       { .is_text = true, .s = GH_LIT("1") } };
	rows.term = term;
	rows.terms = 1;
	rows_are(f, &rows, "2");
	rows.device = 0;
	rows_are(f, &rows, "2 4");
	term[1] = (struct store_term){ row_column(STORE_PUNCHES, "timestamp"),
				       MATCH_AT_MOST,
				       { .i = punch_at(a, "1", 8).time } };
	rows.terms = 2;
	rows_are(f, &rows, "4");
	term[1].match = MATCH_AT_LEAST;
	rows_are(f, &rows, "2");
	assert_ok(f->ops->rows_count(f->r, &rows, 10, &n));
	assert_int_equal(n, 1);
}

static void a_span_of_time_is_read_in_the_order_of_numbers(void **state)
{
	struct fixture *f = *state;
	struct store_rows rows = rows_of(STORE_PUNCHES);
	int64_t a, b;
	struct store_term term[2];

	punches_store_six(f, &a, &b);
	term[0] = (struct store_term){ row_column(STORE_PUNCHES, "timestamp"),
				       MATCH_AT_LEAST,
				       { .i = punch_at(a, "1", 7).time } };
	term[1] = (struct store_term){ row_column(STORE_PUNCHES, "timestamp"),
				       MATCH_AT_MOST,
				       { .i = punch_at(a, "1", 9).time } };
	rows.term = term;
	rows.terms = 2;
	rows_are(f, &rows, "2 3 4");
	rows.device = b;
	rows_are(f, &rows, "3 4");
}

static void what_is_searched_is_found_in_whatever_case_and_to_the_letter(void **state)
{
	static const struct {
		const char *text, *rows;
	} t[] = {
		{ "2", "3 5" }, { "a", "1 2 5 6" }, { "A", "1 2 5 6" }, { "b", "3 4 6" },
		{ "%", "6" },	{ "_", "5" },	    { "%a", "6" },	{ "!", "" },
		{ "'", "" },	{ "1%", "" },	    { "\"; DROP", "" },
	};
	struct fixture *f = *state;
	int64_t a, b;

	punches_store_six(f, &a, &b);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct store_rows rows = rows_of(STORE_PUNCHES);

		rows.text = gh_slice_of(t[i].text);
		rows_are(f, &rows, t[i].rows);
	}
}

static void a_count_ends_at_its_bound(void **state)
{
	struct fixture *f = *state;
	struct store_rows rows = rows_of(STORE_PUNCHES);
	int64_t a, b, n = 0;

	punches_store_six(f, &a, &b);
	rows.after = 4; /* a part of the list is counted as the whole */
	rows.limit = 1;
	assert_ok(f->ops->rows_count(f->r, &rows, 100, &n));
	assert_int_equal(n, 6);
	assert_ok(f->ops->rows_count(f->r, &rows, 4, &n));
	assert_int_equal(n, 4);
}

struct facets {
	size_t n;
	char text[128];
};

static bool see_facet(void *ctx, const struct store_value *v, int64_t n)
{
	struct facets *f = ctx;

	assert_true(v->is_text);
	snprintf(f->text + strlen(f->text), sizeof(f->text) - strlen(f->text), "%.*s=%lld ",
		 GH_FMT(v->s), (long long)n);
	f->n++;
	return true;
}

static void the_values_of_a_column_are_counted(void **state)
{
	struct fixture *f = *state;
	struct store_rows rows = rows_of(STORE_PUNCHES);
	struct facets facets = { 0 }, first = { 0 };
	int64_t a, b;

	punches_store_six(f, &a, &b);
	assert_ok(f->ops->rows_facet(f->r, &rows, row_column(STORE_PUNCHES, "pin"), 10,
				     see_facet, &facets));
	assert_string_equal(facets.text, "1=2 %A=1 2=1 2_=1 3=1 ");
	rows.device = b;
	assert_ok(f->ops->rows_facet(f->r, &rows, row_column(STORE_PUNCHES, "pin"), 1,
				     see_facet, &first));
	assert_string_equal(first.text, "%A=1 ");
}

static void records_are_sorted_by_what_they_have_and_what_they_lack(void **state)
{
	struct fixture *f = *state;
	struct store_rows rows = rows_of(STORE_RECORDS + KIND_PERSON);
	int64_t device = device_new(f, "A");
	struct person p = { .present = 1 << PERSON_pin | 1 << PERSON_name, .pin = GH_LIT("1") };

	p.name = GH_LIT("Bob");
	tx_begin(f);
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, device, 1, &p));
	p.pin = GH_LIT("2");
	p.present = 1 << PERSON_pin;
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, device, 1, &p));
	p.pin = GH_LIT("3");
	p.name = GH_LIT("Ann \xff"); /* not UTF-8 */
	p.present |= 1 << PERSON_name;
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, device, 1, &p));
	tx_commit(f);
	rows.sort = row_column(rows.list, "name");
	struct got g = { 0 };

	assert_ok(f->ops->rows_read(f->r, &rows, see_row, &g));
	assert_int_equal(g.n, 3);
	rows.sort = NULL;
	rows.text = GH_LIT("bob");
	g = (struct got){ 0 };
	assert_ok(f->ops->rows_read(f->r, &rows, see_row, &g));
	assert_int_equal(g.n, 1);
	assert_null(store_column_find(rows.list, GH_LIT("password")));
}

/* --- people --- */

static int64_t order_put(struct fixture *f, int64_t device, enum command_kind kind,
			 const char *pin, enum command_state state)
{
	char subject[32];
	struct command c = { .device = device,
			     .kind = kind,
			     .arguments = GH_LIT(""),
			     .state = state,
			     .has_return = state == COMMAND_FAILED,
			     .return_code = -1001,
			     .created_ms = 1000,
			     .expires_ms = 9000 };

	snprintf(subject, sizeof(subject), "pin=%s", pin);
	c.subject = gh_slice_of(subject);
	tx_begin(f);
	assert_ok(f->ops->command_put(f->s, &c, 1000, (gh_slice){ 0 }));
	tx_commit(f);
	return c.id;
}

struct seen_order {
	size_t rows, orders;
	struct command order;
};

static bool see_person_order(void *ctx, const void *row, const struct store_key *key)
{
	const struct record_row *r = row;
	struct seen_order *s = ctx;

	(void)key;
	s->rows++;
	if (r->order) {
		s->orders++;
		s->order = *r->order;
	}
	return true;
}

static void of_each_person_the_latest_command_is_listed(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A"), b = device_new(f, "B"), latest, on_b, gone;
	struct person seven = { .present = UINT64_C(1) << PERSON_pin, .pin = GH_LIT("7") };
	struct person eight = { .present = UINT64_C(1) << PERSON_pin, .pin = GH_LIT("8") };
	struct store_rows rows = rows_of(STORE_PERSON_ORDERS);
	struct seen_order seen = { 0 };
	char want[64];

	tx_begin(f);
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, a, 1, &seven));
	assert_ok(f->ops->record_put(f->s, KIND_PERSON, a, 1, &eight));
	tx_commit(f);
	order_put(f, a, COMMAND_KIND_UPDATE_PERSON, "7", COMMAND_ACKNOWLEDGED);
	latest = order_put(f, a, COMMAND_KIND_DELETE_PERSON, "7", COMMAND_FAILED);
	on_b = order_put(f, b, COMMAND_KIND_UPDATE_PERSON, "7", COMMAND_QUEUED);
	gone = order_put(f, a, COMMAND_KIND_UPDATE_PERSON, "70", COMMAND_QUEUED);
	order_put(f, a, COMMAND_KIND_UPDATE_FINGERPRINT, "7", COMMAND_QUEUED);
	snprintf(want, sizeof(want), "%d %d %d", (int)latest, (int)on_b, (int)gone);
	rows_are(f, &rows, want);

	struct store_term pin = { row_column(STORE_PERSON_ORDERS, "pin"),
				  MATCH_EQUAL,
				  { .is_text = true, .s = GH_LIT("7") } };

	rows.term = &pin;
	rows.terms = 1;
	rows.device = a;
	snprintf(want, sizeof(want), "%d", (int)latest);
	rows_are(f, &rows, want);

	rows = rows_of((enum store_list)(STORE_RECORDS + KIND_PERSON));
	rows.sort = row_column(rows.list, "pin");
	assert_ok(f->ops->rows_read(f->r, &rows, see_person_order, &seen));
	assert_int_equal(seen.rows, 2);
	assert_int_equal(seen.orders, 1);
	assert_int_equal(seen.order.id, latest);
	assert_int_equal(seen.order.kind, COMMAND_KIND_DELETE_PERSON);
	assert_int_equal(seen.order.state, COMMAND_FAILED);
	assert_true(seen.order.has_return);
	assert_int_equal(seen.order.return_code, -1001);
}

/* The statement has the same states as the model. */
static void a_person_is_found_by_the_state_of_the_command(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A");

	for (enum command_state s = 0; s < COMMAND_STATES; s++) {
		struct store_rows rows = rows_of(STORE_PERSON_ORDERS);
		struct store_term term = { row_column(rows.list, "state"),
					   MATCH_EQUAL,
					   { .i = person_state_of(s) } };
		int64_t id = order_put(f, a, COMMAND_KIND_UPDATE_PERSON, "7", s);
		char want[32];

		snprintf(want, sizeof(want), "%d", (int)id);
		rows.term = &term;
		rows.terms = 1;
		rows_are(f, &rows, want);
	}
}

/* Every column of every list can be sorted by, filtered, and counted where it may be. */
static void every_column_of_every_list_is_understood(void **state)
{
	struct fixture *f = *state;
	size_t lists = 0;

	for (enum store_list list = 0; list < STORE_LISTS; list++) {
		size_t n;
		const struct store_column *c = store_columns(list, &n);

		assert_true(n > 0);
		for (size_t i = 0; i < n; i++) {
			struct store_rows rows = rows_of(list);
			struct store_term term = { &c[i],
						   MATCH_EQUAL,
						   { .is_text = c[i].is_text } };
			struct store_key from = { .value = { .is_text = c[i].is_text } };
			struct facets facets = { 0 };
			struct got g = { 0 };
			int64_t count;

			if (c[i].use == 0)
				continue;
			rows.text = GH_LIT("x");
			rows.term = &term;
			rows.terms = 1;
			rows.sort = &c[i];
			rows.from = &from;
			rows.device = 1;
			enum gh_err err = f->ops->rows_read(f->r, &rows, see_row, &g);

			if (err == GH_OK)
				err = f->ops->rows_count(f->r, &rows, 10, &count);
			if (err == GH_OK && c[i].use & COLUMN_FACET)
				err = f->ops->rows_facet(f->r, &rows, &c[i], 10, see_facet,
							 &facets);
			if (err)
				fail_msg("%s of list %u: %s", c[i].name, (unsigned)list,
					 gh_strerror(err));
			lists++;
		}
	}
	assert_true(lists > 90);
}

int contract_rows(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(any_column_gives_the_order_and_the_number_decides_ties),
		CONTRACT(a_page_begins_after_the_last_row_of_the_one_before),
		CONTRACT(bounds_and_devices_and_terms_narrow_a_list),
		CONTRACT(a_span_of_time_is_read_in_the_order_of_numbers),
		CONTRACT(what_is_searched_is_found_in_whatever_case_and_to_the_letter),
		CONTRACT(a_count_ends_at_its_bound),
		CONTRACT(the_values_of_a_column_are_counted),
		CONTRACT(records_are_sorted_by_what_they_have_and_what_they_lack),
		CONTRACT(of_each_person_the_latest_command_is_listed),
		CONTRACT(a_person_is_found_by_the_state_of_the_command),
		CONTRACT(every_column_of_every_list_is_understood),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
