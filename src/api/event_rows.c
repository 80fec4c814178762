#include "api/event_rows.h"

#include "api/compat/zk_server/fields.h"
#include "render/access.h"

/* One event: its name and data. */
static void stream_event_write(struct event_rows *rows, const char *name,
			       const struct fields *fields, const void *row)
{
	struct buffer *out = &rows->out->text;

	buffer_add(out, GH_LIT("event: "));
	buffer_add(out, gh_slice_of(name));
	buffer_add(out, GH_LIT("\ndata: "));
	json_begin(rows->out);
	fields_json(rows->out, fields, row);
	buffer_add(out, GH_LIT("\n\n"));
}

bool event_filter_has(const struct event_filter *f, const struct event_origin *of)
{
	return (f->device == 0 || f->device == of->device) &&
	       area_limit_has(&f->limit, of->area);
}

static bool event_row_end(struct event_rows *rows, int64_t seq, int64_t device, gh_slice serial)
{
	struct device *d = devices_find(rows->server->devices, serial);
	struct event_origin of = { device, d ? device_area(d) : 0 };

	device_unref(d);
	return rows->end(rows->ctx, seq, &of);
}

static bool punch_event_write(void *ctx, const struct punch *p)
{
	struct event_rows *rows = ctx;
	struct punch_view v = punch_view_of(&rows->viewer, p);

	rows->begin(rows->ctx, p->seq);
	stream_event_write(rows, store_stream_name(STREAM_PUNCH), &zk_server_punch_fields, &v);
	return event_row_end(rows, p->seq, p->device, p->serial);
}

static bool access_event_write(void *ctx, const struct access_event *e)
{
	struct event_rows *rows = ctx;
	struct access_view v;

	access_view_make(&v, e);
	rows->begin(rows->ctx, e->seq);
	stream_event_write(rows, store_stream_name(STREAM_ACCESS), &access_fields_shown, &v);
	return event_row_end(rows, e->seq, e->device, e->serial);
}

enum gh_err event_rows_read(struct event_rows *rows, enum store_stream stream,
			    struct store_reader *reader, const struct store_page *page)
{
	const struct store_ops *ops = rows->server->db.ops;
	struct punch_query q = { .page = *page, .from = GHI_CIVIL_NONE, .to = GHI_CIVIL_NONE };

	punch_viewer_begin(&rows->viewer, rows->server);
	switch (stream) {
	case STREAM_PUNCH:
		return ops->punches_read(reader, &q, punch_event_write, rows);
	case STREAM_ACCESS:
		return ops->access_read(reader, page, access_event_write, rows);
	case STORE_STREAMS:
		break;
	}
	return GH_EINVALID;
}

void event_id_write(struct buffer *out, const struct feed_place *place)
{
	buffer_add(out, GH_LIT("id: "));
	buffer_add_signed(out, place->cursor[STREAM_PUNCH]);
	if (place->pair) {
		buffer_add(out, GH_LIT("-"));
		buffer_add_signed(out, place->cursor[STREAM_ACCESS]);
	}
	buffer_add(out, GH_LIT("\n"));
}
