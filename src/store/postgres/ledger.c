#include "store/postgres/ledger.h"

#include <stdlib.h>

#include "store/postgres/postgres.h"

/* What is kept of a large transaction's arrays. */
#define BYTES_KEPT (8u << 20)

static bool writer_add(struct pg_writer_of **list, size_t *n, size_t *room,
		       struct pg_writer_of of)
{
	if (*n && (*list)[*n - 1].device == of.device)
		return true;
	if (!pg_room_make(list, *n, room, 1, sizeof(**list)))
		return false;
	(*list)[(*n)++] = of;
	return true;
}

enum gh_err pg_ledger_for_device(struct store *s, int64_t device)
{
	struct pg_store *store = pg_store_of(s);
	struct pg_ledger *l = &store->ledger;
	struct pg_writer_of of = { device, store->pipeline.job };

	if (store->pipeline.fault.err)
		return store->pipeline.fault.err;
	return writer_add(&l->device, &l->devices, &l->device_room, of) ? GH_OK : GH_ENOMEM;
}

enum gh_err pg_ledger_for_records(struct store *s, int64_t device)
{
	struct pg_store *store = pg_store_of(s);
	struct pg_ledger *l = &store->ledger;
	struct pg_writer_of of = { device, store->pipeline.job };
	enum gh_err err = pg_ledger_for_device(s, device);

	if (err)
		return err;
	return writer_add(&l->recorded, &l->recordeds, &l->recorded_room, of) ? GH_OK
									      : GH_ENOMEM;
}

int pg_ledger_job_of(const struct pg_ledger *l, int64_t device, bool records)
{
	const struct pg_writer_of *of = records ? l->recorded : l->device;
	size_t n = records ? l->recordeds : l->devices;

	for (size_t i = 0; i < n; i++)
		if (of[i].device == device)
			return of[i].job;
	return -1;
}

static enum gh_err rows_add(struct pg_store *s, struct punch *p, size_t n)
{
	struct pg_ledger *l = &s->ledger;
	enum gh_err err = GH_OK;
	int64_t zone = 0;

	if (!pg_room_make(&l->row, l->rows, &l->row_room, n, sizeof(*l->row)))
		return GH_ENOMEM;
	l->adding = true;
	for (size_t i = 0; i < n && err == GH_OK; i++) {
		if (i == 0 || p[i].device != p[i - 1].device)
			err = pg_ledger_for_device(&s->store, p[i].device);
		if (err == GH_OK && (i == 0 || !gh_slice_eq(p[i].zone, p[i - 1].zone)))
			err = sql_zone_number(&s->store, p[i].zone, &zone);
		l->row[l->rows + i] = (struct pg_row){ .p = &p[i],
						       .zone = (int32_t)zone,
						       .place = (uint32_t)(l->rows + i) };
	}
	l->adding = false;
	if (err == GH_OK)
		l->rows += n;
	return err;
}

enum gh_err pg_punches_put(struct store *store, struct punch *p, size_t n, size_t *fresh)
{
	struct pg_store *s = pg_store_of(store);
	struct pg_ledger *l = &s->ledger;

	if (s->pipeline.fault.err)
		return s->pipeline.fault.err;
	if (!s->pipeline.open)
		return GH_ESTATE;
	if (n == 0) {
		*fresh = 0;
		return GH_OK;
	}
	if (!pg_room_make(&l->append, l->appends, &l->append_room, 1, sizeof(*l->append)))
		return GH_ENOMEM;
	enum gh_err err = rows_add(s, p, n);

	if (err)
		return err;
	s->pipeline.wrote = true;
	l->append[l->appends++] =
		(struct pg_append){ .job = s->pipeline.job, .p = p, .n = n, .fresh = fresh };
	return GH_OK;
}

/* --- repeats within a transaction --- */

static int int_compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int bytes_order(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int by = n ? memcmp(a.p, b.p, n) : 0;

	return by ? by : int_compare((int64_t)a.n, (int64_t)b.n);
}

static int key_order(const struct punch *a, const struct punch *b)
{
	int by = int_compare(a->device, b->device);

	by = by ? by : int_compare(a->time, b->time);
	by = by ? by : bytes_order(a->pin, b->pin);
	by = by ? by : int_compare(a->status, b->status);
	by = by ? by : int_compare(a->verify, b->verify);
	return by ? by : bytes_order(a->work_code, b->work_code);
}

static int row_key_order(const void *a, const void *b)
{
	const struct pg_row *x = a, *y = b;
	int by = key_order(x->p, y->p);

	return by ? by : int_compare(x->place, y->place);
}

static int row_place_order(const void *a, const void *b)
{
	const struct pg_row *x = a, *y = b;

	return int_compare(x->place, y->place);
}

/* Leave the first of each natural key in front, in the order they were put. */
static void repeats_drop(struct pg_ledger *l)
{
	size_t unique = 0;

	l->sent = l->rows;
	if (l->rows < 2)
		return;
	qsort(l->row, l->rows, sizeof(*l->row), row_key_order);
	for (size_t i = 0; i < l->rows; i++)
		if (unique == 0 || key_order(l->row[unique - 1].p, l->row[i].p))
			l->row[unique++] = l->row[i];
	l->rows = l->sent = unique;
	qsort(l->row, l->rows, sizeof(*l->row), row_place_order);
}

/* --- the call --- */

static const char append_text[] = "SELECT base, fresh, removed FROM gh_append($1, $2, $3, $4, "
				  "$5, $6, $7, $8, $9, $10, $11, $12, "
				  "$13, $14, $15, $16, $17)";

bool pg_ledger_has(const struct pg_ledger *l)
{
	return l->rows || l->devices;
}

enum gh_err pg_ledger_send(struct pg_store *s)
{
	struct pg_entry e = { .what = ENTRY_APPEND, .id = SQL_APPEND };
	const char *stream = store_stream_name(STREAM_PUNCH);
	struct pg_values v = { .n = 0 };
	enum gh_err err = pg_pipeline_begin(&s->pipeline);

	if (err)
		return err;
	repeats_drop(&s->ledger);
	pg_number(v.number[0], s->mark);
	pg_number(v.number[1], s->group);
	pg_value_set(&v, v.number[0], 8);
	pg_value_set(&v, v.number[1], 8);
	pg_value_set(&v, stream, strlen(stream));
	if (!pg_arrays_build(&s->ledger, &v))
		return GH_ENOMEM;
	err = pg_pipeline_send(&s->pipeline, e, append_text, &v);
	return err ? err : pg_access_send(s);
}

/* The new rows among the sent ones have their numbers; pass them to the callers. */
static void appends_end(struct pg_ledger *l)
{
	for (size_t i = 0; i < l->appends; i++) {
		const struct pg_append *a = &l->append[i];

		*a->fresh = 0;
		for (size_t k = 0; k < a->n; k++)
			*a->fresh += a->p[k].seq > 0;
	}
}

static void seqs_clear(struct pg_ledger *l)
{
	for (size_t i = 0; i < l->appends; i++)
		for (size_t k = 0; k < l->append[i].n; k++)
			l->append[i].p[k].seq = 0;
}

/* The punch at place i of an array of places, or NULL behind its end. */
static struct punch *punch_placed(const struct pg_ledger *l, const PGresult *r, int column,
				  size_t i)
{
	int64_t place;

	if (!pg_array_int(r, column, i, 4, &place))
		return NULL;
	return place >= 1 && place <= (int64_t)l->sent ? l->row[place - 1].p : NULL;
}

void pg_ledger_numbered(struct pg_ledger *l, const PGresult *r)
{
	int64_t base = pg_value_int(r, 0, 0);
	struct punch *p;

	seqs_clear(l);
	for (size_t i = 0; (p = punch_placed(l, r, 1, i)); i++)
		p->seq = base + 1 + (int64_t)i;
	for (size_t i = 0; (p = punch_placed(l, r, 2, i)); i++)
		p->seq = PUNCH_SEQ_REMOVED;
	appends_end(l);
	pg_ledger_clear(l);
}

static const char find_text[] =
	"SELECT seq FROM punch WHERE device = $1::bigint AND time = $2::bigint AND pin = $3"
	" AND status = $4::bigint AND verify = $5::bigint AND work_code = $6"
	" AND seq BETWEEN $7::bigint AND $8::bigint";

static enum gh_err ledger_row_find(struct pg_conn *c, struct punch *p, int64_t first,
				   int64_t last)
{
	const int64_t number[] = { p->device, p->time, p->status, p->verify, first, last };
	struct pg_values v = { .n = 0 };
	static const int place[] = { 0, 1, 3, 4, 6, 7 };

	for (int i = 0; i < 8; i++)
		pg_value_set(&v, "", 0);
	for (int i = 0; i < 6; i++) {
		pg_number(v.number[i], number[i]);
		v.value[place[i]] = (const char *)v.number[i];
		v.length[place[i]] = 8;
	}
	if (p->pin.n)
		v.value[2] = (const char *)p->pin.p;
	v.length[2] = (int)p->pin.n;
	if (p->work_code.n)
		v.value[5] = (const char *)p->work_code.p;
	v.length[5] = (int)p->work_code.n;
	PGresult *r = PQexecParams(c->db, find_text, v.n, NULL, v.value, v.length, v.format, 1);
	enum gh_err err = PQresultStatus(r) == PGRES_TUPLES_OK ? GH_OK : pg_fault(c, r).err;

	p->seq = err == GH_OK && PQntuples(r) ? pg_value_int(r, 0, 0) : 0;
	PQclear(r);
	return err;
}

enum gh_err pg_ledger_find(struct pg_store *s, int64_t first, int64_t last)
{
	struct pg_ledger *l = &s->ledger;
	enum gh_err err = GH_OK;

	seqs_clear(l);
	for (size_t i = 0; i < l->sent && err == GH_OK; i++)
		err = ledger_row_find(&s->pipeline.conn, l->row[i].p, first, last);
	appends_end(l);
	return err;
}

void pg_ledger_clear(struct pg_ledger *l)
{
	l->appends = l->rows = l->sent = l->devices = l->recordeds = 0;
	if (l->bytes.room > BYTES_KEPT) {
		free(l->bytes.p);
		l->bytes = (struct pg_bytes){ 0 };
	}
}

void pg_ledger_free(struct pg_ledger *l)
{
	free(l->append);
	free(l->row);
	free(l->device);
	free(l->recorded);
	free(l->bytes.p);
	pg_access_free(&l->access);
	*l = (struct pg_ledger){ 0 };
}
