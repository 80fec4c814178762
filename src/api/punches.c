/* GET /api/punches and its alias: pages of the ledger, and the whole of it as CSV. */
#include "api/punches.h"

#include <stdlib.h>

#include "api/call.h"
#include "api/compat/zk_server/fields.h"
#include "api/readers.h"

#define EXPORT_ROWS 500 /* read at a time for CSV */

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
	struct store_reader *reader;
	enum gh_err err = readers_borrow(c->api->readers, &reader);

	if (err)
		return err;
	err = c->server->db.ops->punches_read(reader, q, add_row, &page);
	readers_return(c->api->readers, reader);
	return err;
}

/* --- CSV: a stream that reads the ledger piece by piece --- */

struct export
{
	struct api *api;
	struct punch_viewer viewer;
	struct punch_query q;
	int64_t left;	   /* rows still wanted */
	struct buffer row; /* text not yet sent */
	size_t at;	   /* of which this much is sent */
	int64_t got;	   /* rows of the last piece */
	bool over;
};

static bool add_line(void *ctx, const struct punch *p)
{
	struct export *e = ctx;
	struct punch_view v = punch_view_of(&e->viewer, p);

	fields_csv(&e->row, &zk_server_punch_fields, &v);
	e->q.page.after = p->seq;
	e->got++;
	return e->row.err == GH_OK;
}

static enum gh_err next_piece(struct export *e)
{
	struct store_reader *reader;
	enum gh_err err = readers_borrow(e->api->readers, &reader);

	if (err)
		return err;
	e->got = 0;
	e->q.page.limit = e->left < EXPORT_ROWS ? e->left : EXPORT_ROWS;
	err = e->api->server->db.ops->punches_read(reader, &e->q, add_line, e);
	readers_return(e->api->readers, reader);
	e->left -= e->got;
	e->over = e->got < e->q.page.limit || e->left == 0;
	return err ? err : e->row.err;
}

static int64_t export_pull(void *ctx, uint8_t *to, size_t n)
{
	struct export *e = ctx;

	if (e->at == e->row.n && !e->over) {
		buffer_empty(&e->row);
		e->at = 0;
		if (next_piece(e))
			return -2; /* or a piece would pass for the whole table */
	}
	if (e->at == e->row.n)
		return -1;
	if (n > e->row.n - e->at)
		n = e->row.n - e->at;
	memcpy(to, e->row.p + e->at, n);
	e->at += n;
	return (int64_t)n;
}

static void export_gone(void *ctx)
{
	struct export *e = ctx;

	buffer_clear(&e->row);
	free((void *)e->q.page.pin.p);
	free(e);
}

static void send_csv(struct call *c, const struct punch_query *q)
{
	struct export *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	e->api = c->api;
	e->viewer.server = c->server;
	e->q = *q;
	e->q.page.pin = (gh_slice){ 0 };
	e->row = buffer_with_limit(LIST_BYTES);
	e->left =
		call_param(c, PARAM_limit)->present ? call_param(c, PARAM_limit)->i : INT64_MAX;
	if (q->page.pin.n) {
		uint8_t *pin = malloc(q->page.pin.n);

		if (pin == NULL) {
			export_gone(e);
			call_fail_err(c, GH_ENOMEM);
			return;
		}
		memcpy(pin, q->page.pin.p, q->page.pin.n);
		e->q.page.pin = (gh_slice){ pin, q->page.pin.n };
	}
	fields_csv_head(&e->row, &zk_server_punch_fields);
	http_add_header(c->r, "Content-Disposition", "attachment; filename=\"punches.csv\"");
	if (http_stream_start(c->r, 200, "text/csv; charset=utf-8", export_pull, export_gone,
			      e) == NULL) {
		export_gone(e);
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

void handle_punches_list(struct call *c)
{
	const struct param_value *format = call_param(c, PARAM_format);
	struct list l;
	struct punch_query q;
	enum gh_err err;

	if (format->present && !gh_slice_eq(format->s, GH_LIT("json")) &&
	    !gh_slice_eq(format->s, GH_LIT("csv"))) {
		call_fail_param(c, PARAM_format, "must be json or csv");
		return;
	}
	l = list_begin(c, 100);
	if (!bound(c, PARAM_from, PARAM_startDate, &q.from) ||
	    !bound(c, PARAM_to, PARAM_endDate, &q.to) || !call_page(c, &l, &q.page)) {
		json_clear(&l.j);
		return;
	}
	if (gh_slice_eq(format->s, GH_LIT("csv"))) {
		json_clear(&l.j);
		send_csv(c, &q);
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
