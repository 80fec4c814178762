#include "api/sync_list.h"

#include "api/list.h"
#include "base/json.h"
#include "core/sync_gather.h"
#include "core/sync_values.h"
#include "core/syncs.h"
#include "model/record.h"

#define IS_NUMBER false
#define IS_TEXT true
#define NO_NUMBER INT64_MIN /* shown as null */

struct sync_view {
	int64_t id;
	gh_slice pin, code;
	int64_t type, no, part; /* NO_NUMBER: it has none */
	enum model_kind_id kind;
	enum sync_state state;
	gh_slice reason, explanation;
	gh_slice target, found; /* JSON; empty: there is none */
};

/* Of a call: made once, for its rows and its counts. */
struct sync_list {
	struct sync_view *row;
	size_t n;
	size_t count[SYNC_STATES];
	bool sends; /* to the device, by itself */
};

/* --- a row --- */

static const char *sync_state_word(size_t i)
{
	return i < SYNC_STATES ? sync_state_name((enum sync_state)i) : NULL;
}

static const enum model_kind_id kinds[] = { KIND_PERSON, KIND_TEMPLATE, KIND_PHOTO,
					    KIND_WORK_CODE, KIND_ID_CARD };

static const char *sync_kind_word(size_t i)
{
	return i < sizeof(kinds) / sizeof(kinds[0]) ? model_kinds[kinds[i]].name : NULL;
}

static struct value sync_state_value(const struct field *f, const void *row)
{
	return field_word_value(f, (int64_t)((const struct sync_view *)row)->state);
}

static struct value sync_kind_value(const struct field *f, const void *row)
{
	int64_t i = 0;

	while (kinds[i] != ((const struct sync_view *)row)->kind)
		i++;
	return field_word_value(f, i);
}

#define ROW struct sync_view
static const struct field sync_field[] = {
#include "api/sync.def"
};
#undef ROW

const struct fields sync_fields = { "SyncRow", sync_field,
				    sizeof(sync_field) / sizeof(sync_field[0]), NULL };

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_SYNC, name, NULL, IS_##type, use },
#include "api/sync_column.def"
#undef COLUMN
};

/* --- its values --- */

static void view_key_set(struct arena *a, const struct sync_item *item, struct sync_view *v)
{
	gh_slice key = sync_item_name(item);

	v->kind = item->kind;
	v->type = v->no = v->part = NO_NUMBER;
	if (item->kind == KIND_TEMPLATE) {
		const struct template *t = item->record;

		v->type = t->type;
		v->no = t->no;
		v->part = t->part;
	} else if (item->kind == KIND_PHOTO) {
		v->type = ((const struct photo *)item->record)->type;
	}
	if (item->kind == KIND_WORK_CODE || item->kind == KIND_ID_CARD)
		v->code = ghi_arena_copy(a, key);
	else
		v->pin = ghi_arena_copy(a, key);
}

static void view_make(struct arena *a, const struct sync_input *in, const struct sync_row *row,
		      struct sync_view *v)
{
	const struct sync_item *target = row->target == SYNC_NO_ITEM ? NULL
								     : &in->target[row->target],
			       *held = row->held == SYNC_NO_ITEM ? NULL : &in->held[row->held];

	v->state = row->state;
	view_key_set(a, target ? target : held, v);
	if (target)
		v->target = sync_values(a, target);
	if (held)
		v->found = sync_values(a, held);
	if (row->reason == SYNC_FITS)
		return;
	v->reason = gh_slice_of(sync_reasons[row->reason].word);
	v->explanation = gh_slice_of(sync_reasons[row->reason].text);
}

/* --- the list --- */

static enum gh_err sync_views_make(struct arena *a, const struct sync_given *given,
				   const struct sync_plan *plan, struct sync_list *out)
{
	out->row = ghi_arena_alloc(a, (plan->rows + 1) * sizeof(*out->row));
	for (size_t i = 0; out->row && i < plan->rows; i++) {
		view_make(a, &given->input, &plan->row[i], &out->row[i]);
		out->row[i].id = (int64_t)i + 1;
	}
	out->n = plan->rows;
	memcpy(out->count, plan->count, sizeof(out->count));
	return a->failed ? GH_ENOMEM : GH_OK;
}

static enum gh_err sync_list_make(struct server *server, struct store_reader *reader,
				  struct device *d, struct arena *a, struct sync_list *out)
{
	struct arena text = ghi_arena_beside(a);
	struct sync_roster roster;
	struct sync_given given = { .until_ms = 0 };
	struct sync_plan plan;
	enum gh_err err = sync_roster_read(server->db.ops, reader, &text, &roster);

	if (err == GH_OK)
		err = sync_gather(server, reader, &roster, d, &given);
	if (err == GH_OK)
		err = sync_plan_make(&given.input, &given.arena, &plan);
	if (err == GH_OK)
		err = sync_views_make(a, &given, &plan, out);
	sync_given_clear(&given);
	ghi_arena_clear(&text);
	return err;
}

bool sync_check(struct call *c, struct list_question *q)
{
	struct device *d = call_device(c);
	struct sync_list *list;
	enum gh_err err = GH_ENOMEM;

	if (d == NULL)
		return false;
	q->serial = device_sn(d);
	/* A file is made in parts, after the call. */
	list = q->format == LIST_JSON && call_reader(c)
		       ? ghi_arena_alloc(call_arena(c), sizeof(*list))
		       : NULL;
	if (list)
		err = sync_list_make(c->server, c->reader, d, call_arena(c), list);
	if (list)
		list->sends = sync_has_device(d) && !sync_only_shown(c->server, d);
	q->sync = list;
	q->serial = ghi_arena_copy(call_arena(c), q->serial);
	device_unref(d);
	if (q->format != LIST_JSON)
		return true;
	if (c->reader && err)
		call_fail_err(c, err);
	return c->reader && err == GH_OK;
}

bool sync_more(struct call *c, const struct list_question *q, struct json *j)
{
	(void)c;
	json_key(j, "sends");
	json_bool(j, q->sync->sends);
	for (size_t i = 0; i < SYNC_STATES; i++) {
		json_key(j, sync_state_name((enum sync_state)i));
		json_int(j, (int64_t)q->sync->count[i]);
	}
	return true;
}

static enum gh_err sync_rows_make(struct server *server, const struct list_question *q,
				  struct memory_rows *out)
{
	struct sync_list made = { .n = 0 };
	const struct sync_list *list = q->sync;
	struct device *d = NULL;
	enum gh_err err = GH_OK;

	if (list == NULL) {
		d = devices_find(server->devices, q->serial);
		if (d)
			err = sync_list_make(server, q->reader, d, &out->arena, &made);
		device_unref(d);
		out->row = made.row;
		out->n = made.n;
		return d ? err : GH_ENOTFOUND;
	}
	out->row = ghi_arena_alloc(&out->arena, (list->n + 1) * sizeof(*list->row));
	if (out->row == NULL)
		return GH_ENOMEM;
	if (list->n)
		memcpy(out->row, list->row, list->n * sizeof(*list->row));
	out->n = list->n;
	return GH_OK;
}

static int64_t sync_number(const void *row)
{
	return ((const struct sync_view *)row)->id;
}

const struct memory_source sync_source = {
	.fields = &sync_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct sync_view),
	.number = sync_number,
	.make = sync_rows_make,
};
