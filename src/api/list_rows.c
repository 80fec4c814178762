/* The sources of lists, and what is printed of a row of each. */
#include "api/list.h"

#include "api/command_view.h"
#include "api/day_list.h"
#include "api/memory_list.h"
#include "model/person_state.h"

#define BODY_SHOWN 4096 /* bytes of an upload's body in a list */

static struct upload_view upload_view_of(const struct raw_upload *u)
{
	struct upload_view v = { *u, u->body };

	if (v.shown.n > BODY_SHOWN)
		v.shown.n = BODY_SHOWN;
	return v;
}

static struct record_view record_view_of(struct server *server, const struct record_row *row,
					 uint32_t scopes)
{
	struct record_view v = { .id = row->id,
				 .serial = row->serial,
				 .received_ms = row->received_ms,
				 .record = row->record };

	if (row->order) {
		struct command_view order = command_view_of(server, row->order, scopes);

		v.command = row->order->id;
		v.state = person_state_of(row->order->state);
		if (v.state == PERSON_STATE_FAILED)
			v.reason = order.meaning.n ? order.meaning : order.command.result;
	}
	return v;
}

/* With the numbers of its records, which are only in the store. */
static const void *device_view_full(struct list_viewer *v, const struct device_view *row)
{
	ghi_arena_clear(&v->arena);
	v->as.device = *row;
	v->err = device_view_fill(&v->as.device, v->server->db.ops, v->reader, &v->arena);
	return v->err ? NULL : &v->as.device;
}

/* With the names of the person and the device. */
static const void *punch_view_named(struct list_viewer *v)
{
	struct punch_view *p = &v->as.punch;

	p->device_name = punch_viewer_name(&v->punches, &p->p);
	p->person_name = (gh_slice){ v->person->name, v->person->name_n };
	return p;
}

/* Without the numbers of areas that the caller does not see. */
static const void *entity_view_limited(struct list_viewer *v, const struct list_resource *r,
				       const struct record_row *row)
{
	struct record_row shown = *row;

	ghi_arena_clear(&v->arena);
	shown.record =
		area_limit_show(&v->limit, (enum model_entity_id)(r->source - STORE_ENTITIES),
				row->record, &v->shown, &v->arena);
	v->as.record = record_view_of(v->server, &shown, v->scopes);
	return &v->as;
}

const void *list_view(struct list_viewer *v, const struct list_resource *r, const void *row)
{
	switch (r->source) {
	case LIST_DEVICES:
		return device_view_full(v, row);
	case STORE_PUNCHES:
		v->punches.server = v->server;
		v->as.punch = punch_view_of(&v->punches, row);
		return v->person ? punch_view_named(v) : &v->as.punch;
	case STORE_ACCESS:
		access_view_make(&v->as.access, row);
		break;
	case STORE_COMMANDS:
	case STORE_PERSON_ORDERS:
		v->as.command = command_view_of(v->server, row, v->scopes);
		break;
	case STORE_QUARANTINE:
		v->as.quarantine = (struct quarantine_view){ *(const struct quarantine *)row };
		break;
	case STORE_UPLOADS:
		v->as.upload = upload_view_of(row);
		break;
	case LIST_QUERY_ROWS:
		return query_row_view_of(v, row);
	case STORE_TOKENS:
	case STORE_AUDIT:
	case STORE_DEPARTMENTS:
	case STORE_POSITIONS:
	case LIST_CONTACTS:
	case LIST_PROBLEMS:
	case LIST_TRACE:
	case LIST_DOORS:
	case LIST_FOUND:
	case LIST_SYNC:
	case LIST_CREDENTIALS:
	case LIST_DAYS:
		return row;
	case STORE_ENTITIES + ENTITY_AREA:
	case STORE_ENTITIES + ENTITY_PEOPLE:
		return entity_view_limited(v, r, row);
	default:
		v->as.record = record_view_of(v->server, row, v->scopes);
	}
	return &v->as;
}

void list_viewer_clear(struct list_viewer *v)
{
	ghi_arena_clear(&v->arena);
}

/* What is made of the store is made with the reader of who reads. */
static struct list_question list_question_read_by(const struct list_question *q,
						  struct store_reader *reader)
{
	struct list_question read = *q;

	read.reader = reader;
	return read;
}

enum gh_err list_rows_read(struct server *server, struct store_reader *reader,
			   const struct list_question *q, const struct store_rows *rows,
			   store_row_fn *fn, void *ctx)
{
	const struct memory_source *memory = list_memory(q->resource->source);
	const struct list_question read = list_question_read_by(q, reader);

	if (memory)
		return memory_rows_read(memory, server, &read, rows, fn, ctx);
	if (q->resource->source == LIST_DAYS)
		return day_rows_read(server, reader, rows, fn, ctx);
	if (q->resource->source == LIST_QUERY_ROWS)
		return query_list_read(server, reader, q, rows, fn, ctx);
	return server->db.ops->rows_read(reader, rows, fn, ctx);
}

enum gh_err list_rows_count(struct server *server, struct store_reader *reader,
			    const struct list_question *q, int64_t most, int64_t *n)
{
	const struct memory_source *memory = list_memory(q->resource->source);
	const struct list_question read = list_question_read_by(q, reader);

	if (memory)
		return memory_rows_count(memory, server, &read, &q->rows, most, n);
	if (q->resource->source == LIST_DAYS)
		return day_rows_count(server, reader, &q->rows, most, n);
	if (q->resource->source == LIST_QUERY_ROWS)
		return query_list_count(server, reader, q, most, n);
	return server->db.ops->rows_count(reader, &q->rows, most, n);
}

enum gh_err list_rows_facet(struct server *server, struct store_reader *reader,
			    const struct list_question *q, const struct store_column *column,
			    int64_t limit, store_facet_fn *fn, void *ctx)
{
	const struct memory_source *memory = list_memory(q->resource->source);
	const struct list_question read = list_question_read_by(q, reader);

	if (memory)
		return memory_rows_facet(memory, server, &read, &q->rows, column, limit, fn,
					 ctx);
	return server->db.ops->rows_facet(reader, &q->rows, column, limit, fn, ctx);
}
