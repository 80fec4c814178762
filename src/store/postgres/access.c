#include "store/postgres/access.h"

#include <stdlib.h>

#include "store/postgres/postgres.h"
#include "store/sql/access.h"

/* What is kept of a large transaction's arrays. */
#define BYTES_KEPT (8u << 20)

static enum gh_err access_rows_add(struct pg_store *s, struct access_put *a, size_t n)
{
	struct pg_access *l = &s->ledger.access;
	enum gh_err err = GH_OK;
	int64_t zone = 0;

	if (!pg_room_make(&l->row, l->rows, &l->row_room, n, sizeof(*l->row)))
		return GH_ENOMEM;
	s->ledger.adding = true;
	for (size_t i = 0; i < n && err == GH_OK; i++) {
		const struct access_event *e = &a[i].event,
					  *before = i ? &a[i - 1].event : NULL;

		if (before == NULL || e->device != before->device)
			err = pg_ledger_for_device(&s->store, e->device);
		if (err == GH_OK && !a[i].stored &&
		    (before == NULL || !gh_slice_eq(e->zone, before->zone)))
			err = sql_zone_number(&s->store, e->zone, &zone);
		if (!a[i].stored)
			access_put_begin(&a[i].event);
		l->row[l->rows + i] = (struct pg_access_row){ &a[i], zone };
	}
	s->ledger.adding = false;
	if (err == GH_OK)
		l->rows += n;
	return err;
}

enum gh_err pg_access_put(struct store *store, struct access_put *a, size_t n, size_t *fresh)
{
	struct pg_store *s = pg_store_of(store);
	struct pg_access *l = &s->ledger.access;

	if (s->pipeline.fault.err)
		return s->pipeline.fault.err;
	if (!s->pipeline.open)
		return GH_ESTATE;
	*fresh = 0;
	if (n == 0)
		return GH_OK;
	if (!pg_room_make(&l->append, l->appends, &l->append_room, 1, sizeof(*l->append)))
		return GH_ENOMEM;
	enum gh_err err = access_rows_add(s, a, n);

	if (err)
		return err;
	s->pipeline.wrote = true;
	l->append[l->appends++] = (struct pg_access_append){ a, n, fresh };
	return GH_OK;
}

/* --- the call --- */

/* The mark, numbers, whether a punch is made, its status and verify mode, devices; then the fields. */
enum { FIXED_ARRAYS = 5, ARRAYS = FIXED_ARRAYS + ACCESS_EVENT_FIELDS };

static int64_t access_fixed(const struct access_put *a, int array)
{
	switch (array) {
	case 0:
		return a->stored ? a->event.seq : 0;
	case 1:
		return a->punch;
	case 2:
		return a->punch_status;
	case 3:
		return a->punch_verify;
	default:
		return a->event.device;
	}
}

static bool access_element(struct pg_bytes *b, const struct pg_access_row *row, int array)
{
	const struct access_event *e = &row->a->event;
	enum access_event_field i = (enum access_event_field)(array - FIXED_ARRAYS);

	if (array < FIXED_ARRAYS)
		return pg_element_int(b, 8, access_fixed(row->a, array));
	if (i == ACCESS_EVENT_zone)
		return pg_element_int(b, 8, row->zone);
	if (access_field_is_null(e, i))
		return pg_element_null(b);
	return access_field_is_text(i) ? pg_element_bytes(b, access_field_text(e, i))
				       : pg_element_int(b, 8, access_field_int(e, i));
}

/* Values begin where the one before ends; the buffer may move while it is filled. */
static bool access_arrays_build(struct pg_access *l, struct pg_values *v)
{
	size_t end[ARRAYS], start = 0;
	bool ok = true;

	l->bytes.n = 0;
	for (int array = 0; array < ARRAYS && ok; array++) {
		bool text =
			array >= FIXED_ARRAYS &&
			access_field_is_text((enum access_event_field)(array - FIXED_ARRAYS));

		ok = pg_array_begin(&l->bytes, text ? PG_BYTEA : PG_INT8, l->rows);
		for (size_t i = 0; ok && i < l->rows; i++)
			ok = access_element(&l->bytes, &l->row[i], array);
		end[array] = l->bytes.n;
	}
	for (int array = 0; ok && array < ARRAYS; start = end[array++])
		pg_value_set(v, l->bytes.p + start, end[array] - start);
	return ok && l->bytes.n <= INT32_MAX;
}

static const char access_append_text[] =
	"SELECT places, seqs, sames, punched FROM gh_access_append($1, $2, $3, $4, $5, $6, $7,"
	" $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,"
	" $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39)";

_Static_assert(1 + ARRAYS == 39, "the parameters of gh_access_append");

enum gh_err pg_access_send(struct pg_store *s)
{
	struct pg_entry e = { .what = ENTRY_APPEND, .id = SQL_ACCESS_APPEND };
	struct pg_access *l = &s->ledger.access;
	struct pg_values v = { .n = 0 };

	if (l->rows == 0)
		return GH_OK;
	pg_number(v.number[0], s->mark);
	pg_value_set(&v, v.number[0], 8);
	if (!access_arrays_build(l, &v))
		return GH_ENOMEM;
	return pg_pipeline_send(&s->pipeline, e, access_append_text, &v);
}

/* --- its result --- */

static void access_appends_end(struct pg_access *l)
{
	for (size_t i = 0; i < l->appends; i++) {
		const struct pg_access_append *a = &l->append[i];

		*a->fresh = 0;
		for (size_t k = 0; k < a->n; k++)
			*a->fresh += !a->a[k].stored && a->a[k].event.seq > 0;
	}
}

static void access_result_set(struct access_put *a, int64_t seq, int64_t same, int64_t punch)
{
	if (!a->stored)
		a->event.seq = seq;
	a->event.same_as = same;
	a->event.punch_seq = punch;
	if (same)
		a->event.flags |= ACCESS_SHIFTED;
}

void pg_access_numbered(struct pg_access *l, const PGresult *r)
{
	int64_t place, seq, same, punch;

	for (size_t i = 0; i < l->rows; i++)
		if (!l->row[i].a->stored)
			l->row[i].a->event.seq = 0;
	for (size_t i = 0; pg_array_int(r, 0, i, 8, &place); i++)
		if (place >= 1 && place <= (int64_t)l->rows && pg_array_int(r, 1, i, 8, &seq) &&
		    pg_array_int(r, 2, i, 8, &same) && pg_array_int(r, 3, i, 8, &punch))
			access_result_set(l->row[place - 1].a, seq, same, punch);
	access_appends_end(l);
	pg_access_clear(l);
}

static const char access_find_text[] =
	"SELECT seq, same_as, punch_seq FROM access_event a WHERE device = $1::bigint"
	" AND record_index = $2::bigint AND time = $3::bigint AND event_group = $4::bigint"
	" AND pin = $5 AND unit = $6 AND event_text = $7 AND seq BETWEEN $8::bigint AND "
	"$9::bigint"
	" AND (record_index > 0 OR (address = $10::bigint AND card = $11"
	" AND direction = $12::bigint AND verify_raw = $13))";
static const char access_get_text[] =
	"SELECT seq, same_as, punch_seq FROM access_event WHERE seq = $1::bigint";

static enum gh_err access_row_find(struct pg_conn *c, struct access_put *a, int64_t first,
				   int64_t last)
{
	const struct access_event *e = &a->event;
	const int64_t number[] = { e->device,	   e->record_index, e->time,
				   e->event_group, first,	    last,
				   e->address,	   e->direction };
	static const int number_at[] = { 0, 1, 2, 3, 7, 8, 9, 11 };
	const gh_slice text[] = { e->pin, e->unit, e->event_text, e->card, e->verify_raw };
	static const int text_at[] = { 4, 5, 6, 10, 12 };
	struct pg_values v = { .n = 0 };

	for (int i = 0; i < 13; i++)
		pg_value_set(&v, "", 0);
	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++) {
		pg_number(v.number[i], number[i]);
		v.value[number_at[i]] = (const char *)v.number[i];
		v.length[number_at[i]] = 8;
	}
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		if (text[i].n)
			v.value[text_at[i]] = (const char *)text[i].p;
		v.length[text_at[i]] = (int)text[i].n;
	}
	if (a->stored) {
		pg_number(v.number[0], e->seq);
		v.n = 1;
	}
	PGresult *r = PQexecParams(c->db, a->stored ? access_get_text : access_find_text, v.n,
				   NULL, v.value, v.length, v.format, 1);
	enum gh_err err = PQresultStatus(r) == PGRES_TUPLES_OK ? GH_OK : pg_fault(c, r).err;

	if (err == GH_OK && PQntuples(r))
		access_result_set(a, pg_value_int(r, 0, 0), pg_value_int(r, 0, 1),
				  pg_value_int(r, 0, 2));
	else if (!a->stored)
		a->event.seq = 0;
	PQclear(r);
	return err;
}

/* Of equal ones in the transaction the first was stored. */
static void access_equal_clear(struct pg_access *l)
{
	for (size_t i = 1; i < l->rows; i++)
		for (size_t k = i; k > 0 && l->row[i].a->event.seq; k--)
			if (!l->row[i].a->stored && !l->row[k - 1].a->stored &&
			    l->row[k - 1].a->event.seq == l->row[i].a->event.seq)
				l->row[i].a->event.seq = 0;
}

enum gh_err pg_access_find(struct pg_store *s, int64_t first, int64_t last)
{
	struct pg_access *l = &s->ledger.access;
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < l->rows && err == GH_OK; i++)
		err = access_row_find(&s->pipeline.conn, l->row[i].a, first, last);
	access_equal_clear(l);
	access_appends_end(l);
	return err;
}

void pg_access_clear(struct pg_access *l)
{
	l->appends = l->rows = 0;
	if (l->bytes.room > BYTES_KEPT) {
		free(l->bytes.p);
		l->bytes = (struct pg_bytes){ 0 };
	}
}

void pg_access_free(struct pg_access *l)
{
	free(l->append);
	free(l->row);
	free(l->bytes.p);
	*l = (struct pg_access){ 0 };
}
