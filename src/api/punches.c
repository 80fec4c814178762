/* GET /api/punches and its alias: pages of the ledger, and the whole of it as CSV. */
#include "api/punches.h"

#include <stdlib.h>

#include "api/call.h"
#include "api/compat/zk_server/fields.h"
#include "api/piece.h"

#define EXPORT_ROWS 500 /* read at a time for CSV */
#define EXPORTS 32	/* at a time */

struct page {
	struct list *l;
	struct punch_viewer viewer;
};

static bool add_row(void *ctx, const struct punch *p)
{
	struct page *page = ctx;
	struct punch_view v = punch_view_of(&page->viewer, p);

	if (!list_room(page->l, p->seq))
		return false;
	fields_json(&page->l->j, &zk_server_punch_fields, &v);
	return true;
}

static enum gh_err read_punches(struct call *c, const struct punch_query *q, struct list *l)
{
	struct page page = { l, { .server = c->server } };

	return c->server->db.ops->punches_read(c->reader, q, add_row, &page);
}

/* --- CSV: the ledger piece by piece --- */

struct export
{
	struct piece piece;
	struct api *api;
	struct punch_viewer viewer;
	struct punch_query q;
	int64_t left; /* rows still wanted */
	int64_t got;  /* rows of the last piece */
	bool over;
};

static bool add_line(void *ctx, const struct punch *p)
{
	struct export *e = ctx;
	struct punch_view v = punch_view_of(&e->viewer, p);

	fields_csv(&e->piece.out.text, &zk_server_punch_fields, &v);
	e->q.page.after = p->seq;
	e->got++;
	return !piece_full(&e->piece);
}

static enum gh_err export_make(struct piece *p, struct store_reader *reader)
{
	struct export *e = (struct export *)p;
	enum gh_err err;

	e->got = 0;
	e->q.page.limit = e->left < EXPORT_ROWS ? e->left : EXPORT_ROWS;
	err = e->api->server->db.ops->punches_read(reader, &e->q, add_line, e);
	e->left -= e->got;
	e->over = e->left == 0 || (e->got < e->q.page.limit && !piece_full(p));
	return err;
}

/* -2 breaks it off, or a piece would pass for the whole table. */
static int64_t export_pull(void *ctx, uint8_t *to, size_t n)
{
	struct export *e = ctx;
	size_t sent;

	if (piece_making(&e->piece))
		return 0;
	if (e->piece.err)
		return -2;
	sent = piece_send(&e->piece, to, n);
	if (sent)
		return (int64_t)sent;
	if (e->over)
		return -1;
	return piece_ask(&e->piece) ? -2 : 0;
}

static void export_free(struct piece *p)
{
	struct export *e = (struct export *)p;

	atomic_fetch_sub(&e->api->exports, 1);
	piece_clear(p);
	free((void *)e->q.page.pin.p);
	free(e);
}

/* NULL: no memory. */
static struct export *export_new(struct call *c, const struct punch_query *q)
{
	const struct param_value *limit = call_param(c, PARAM_limit);
	struct export *e = calloc(1, sizeof(*e));
	uint8_t *pin = q->page.pin.n ? malloc(q->page.pin.n) : NULL;

	if (e == NULL || (q->page.pin.n && pin == NULL)) {
		free(e);
		free(pin);
		return NULL;
	}
	e->api = c->api;
	e->viewer.server = c->server;
	e->q = *q;
	e->left = limit->present ? limit->i : INT64_MAX;
	if (pin)
		memcpy(pin, q->page.pin.p, q->page.pin.n);
	e->q.page.pin = (gh_slice){ pin, q->page.pin.n };
	e->piece.make = export_make;
	e->piece.release = export_free;
	piece_init(&e->piece, c->api->readers, READERS_LIST);
	return e;
}

static void send_csv(struct call *c, const struct punch_query *q)
{
	struct export *e;

	if (atomic_fetch_add(&c->api->exports, 1) >= EXPORTS) {
		atomic_fetch_sub(&c->api->exports, 1);
		http_add_header(c->r, "Retry-After", "10");
		call_fail(c, ERROR_too_many_exports,
			  "There are as many exports as the server allows.");
		return;
	}
	e = export_new(c, q);
	if (e == NULL) {
		atomic_fetch_sub(&c->api->exports, 1);
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	fields_csv_head(&e->piece.out.text, &zk_server_punch_fields);
	http_add_header(c->r, "Content-Disposition", "attachment; filename=\"punches.csv\"");
	e->piece.stream = http_stream_start(c->r, 200, "text/csv; charset=utf-8", export_pull,
					    piece_gone, e);
	if (e->piece.stream == NULL) {
		export_free(&e->piece);
		call_fail_err(c, GH_ENOMEM);
	}
}

/* Which of two names of a bound was used. False: both; answered. */
static bool bound(struct call *c, enum param_id a, enum param_id b, ghi_civil *out)
{
	const struct param_value *x = call_param(c, a), *y = call_param(c, b);

	if (x->present && y->present) {
		call_fail_param(c, b, "means the same as \"%s\"; send one of them",
				params[a].name);
		return false;
	}
	*out = x->present ? x->i : y->present ? y->i : GHI_CIVIL_NONE;
	return true;
}

/* What was asked, as zk_server echoes it. */
static void echo_query(struct call *c, struct json *j, const struct punch_query *q)
{
	struct value from = value_of(VALUE_CIVIL, q->from), to = value_of(VALUE_CIVIL, q->to);
	const struct param_value *device = call_param(c, PARAM_device);

	json_key(j, "query");
	json_object(j);
	json_key(j, "device");
	json_string(j, device->present ? device->s : GH_LIT("all"));
	json_key(j, "startDate");
	value_json(j, &from);
	json_key(j, "endDate");
	value_json(j, &to);
	json_object_end(j);
}

/* What is asked, checked. False: answered. */
static bool query_read(struct call *c, const struct list *l, struct punch_query *q)
{
	const struct param_value *format = call_param(c, PARAM_format);

	if (format->present && !gh_slice_eq(format->s, GH_LIT("json")) &&
	    !gh_slice_eq(format->s, GH_LIT("csv"))) {
		call_fail_param(c, PARAM_format, "must be json or csv");
		return false;
	}
	return bound(c, PARAM_from, PARAM_startDate, &q->from) &&
	       bound(c, PARAM_to, PARAM_endDate, &q->to) && call_page(c, l, &q->page);
}

/* On the listener's thread. */
static void export_begin(struct call *c)
{
	struct list l = list_begin(c, 100);
	struct punch_query q;

	if (query_read(c, &l, &q))
		send_csv(c, &q);
	json_clear(&l.j);
}

void handle_punches_list(struct call *c)
{
	struct list l;
	struct punch_query q;
	enum gh_err err;

	if (call_reader(c) == NULL)
		return;
	l = list_begin(c, 100);
	if (!query_read(c, &l, &q)) {
		json_clear(&l.j);
		return;
	}
	if (gh_slice_eq(call_param(c, PARAM_format)->s, GH_LIT("csv"))) {
		json_clear(&l.j);
		c->then = export_begin;
		return;
	}
	err = read_punches(c, &q, &l);
	if (err) {
		list_end(c, &l, err);
		return;
	}
	list_close(&l);
	echo_query(c, &l.j, &q);
	call_data_end(c, 200, &l.j);
}

void handle_attendance_list(struct call *c)
{
	handle_punches_list(c);
}
