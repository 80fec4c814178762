/* What is found out before an import begins: areas and codes that are there, and what several rows of its file have. */
#include "api/access/people_import.h"

#define PEOPLE_READ 4000 /* at a time */

static bool area_keep(void *ctx, const void *row, const struct store_key *key)
{
	struct people_import *m = ctx;
	const struct record_row *r = row;
	const struct area *area = r->record;
	struct arena *a = call_arena(m->c);
	struct people_file_area *more;

	(void)key;
	if (m->file.areas == m->area_room) {
		size_t room = m->area_room ? 2 * m->area_room : 64;

		more = ghi_arena_alloc(a, room * sizeof(*more));
		if (more == NULL)
			return false;
		if (m->file.areas)
			memcpy(more, m->area, m->file.areas * sizeof(*more));
		m->area = more;
		m->area_room = room;
	}
	m->area[m->file.areas++] =
		(struct people_file_area){ r->id, ghi_arena_copy(a, area->name),
					   ghi_arena_copy(a, area->namespace) };
	m->file.area = m->area;
	return true;
}

struct code_reading {
	GHashTable *code;
	int64_t last, n;
};

static bool code_keep(void *ctx, const void *row, const struct store_key *key)
{
	struct code_reading *reading = ctx;
	const struct record_row *r = row;
	const struct people *p = r->record;
	char *code;

	reading->last = key->number;
	reading->n++;
	if (p->code.n == 0)
		return true;
	code = g_strndup((const char *)p->code.p, p->code.n);
	if (g_hash_table_contains(reading->code, code))
		g_hash_table_replace(reading->code, code, NULL);
	else
		g_hash_table_insert(reading->code, code, (gpointer)(intptr_t)r->id);
	return true;
}

static enum gh_err codes_read(struct people_import *m, struct store_reader *reader)
{
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_PEOPLE,
				   .limit = PEOPLE_READ };
	struct code_reading reading = { .code = m->code, .n = PEOPLE_READ };
	enum gh_err err = GH_OK;

	while (err == GH_OK && reading.n == PEOPLE_READ) {
		rows.after = reading.last;
		reading.n = 0;
		err = m->c->server->db.ops->rows_read(reader, &rows, code_keep, &reading);
	}
	return err;
}

void import_known_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct people_import *m =
		(struct people_import *)((char *)job - offsetof(struct people_import, read));
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_AREA, .limit = INT64_MAX };

	if (reader)
		err = m->c->server->db.ops->rows_read(reader, &rows, area_keep, m);
	if (err == GH_OK && reader && m->by_code)
		err = codes_read(m, reader);
	m->err = err;
}

/* --- what several rows have --- */

static void given_note(struct people_import *m, char kind, gh_slice namespace, gh_slice text)
{
	char *key = import_key(kind, namespace, text);
	int64_t first = (int64_t)(intptr_t)g_hash_table_lookup(m->given, key);

	if (first == m->line || first == -m->line) {
		g_free(key);
		return;
	}
	g_hash_table_insert(m->given, key,
			    (gpointer)(intptr_t)(first == 0  ? m->line
						 : first > 0 ? -first
							     : first));
}

void import_row_note(struct people_import *m, const struct people_file_row *r)
{
	const struct body *cards = body_find(&r->body, GH_LIT("cards"));

	if (r->pin.n)
		given_note(m, 'p', r->namespace, r->pin);
	for (size_t i = 0; cards && cards->kind == BODY_ARRAY && i < cards->parts; i++)
		if (cards->part[i].kind == BODY_TEXT)
			given_note(m, 'c', r->namespace, cards->part[i].s);
}

static void row_check_given(struct people_import *m, struct import_row *r, const char *field,
			    char kind, gh_slice text)
{
	char *key = import_key(kind, r->file.namespace, text);
	int64_t first = (int64_t)(intptr_t)g_hash_table_lookup(m->given, key);

	g_free(key);
	if (first >= 0 || r->wrong)
		return;
	r->wrong = true;
	if (first == -r->row)
		fault_set(&r->fault, gh_slice_of(field),
			  "is that of another row further down, too: %.*s", GH_FMT(text));
	else
		fault_set(&r->fault, gh_slice_of(field), "is that of row %lld, too: %.*s",
			  (long long)-first, GH_FMT(text));
}

void import_row_check(struct people_import *m, struct import_row *r)
{
	const struct body *cards = body_find(&r->file.body, GH_LIT("cards"));

	if (r->file.pin.n)
		row_check_given(m, r, "pin", 'p', r->file.pin);
	for (size_t i = 0; cards && cards->kind == BODY_ARRAY && i < cards->parts; i++)
		if (cards->part[i].kind == BODY_TEXT)
			row_check_given(m, r, "cards", 'c', cards->part[i].s);
}
