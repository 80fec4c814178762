#include <stdlib.h>

#include "core/ingest_private.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "model/content_fault.h"
#include "model/record.h"
#include "store/picture.h"

struct ingest *ingest_new(struct server *server, struct device *device, struct arena *arena,
			  gh_slice table)
{
	struct ingest *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return NULL;
	in->server = server;
	in->device = device_ref(device);
	in->arena = arena;
	in->received_ms = server->now_ms();
	device_time_now(device, in->received_ms, &in->time);
	in->cache.zone = in->time.zone;
	in->table = table;
	in->piece.last = &in->piece.first;
	in->rest.last = &in->rest.first;
	in->rest_arena = ghi_arena_beside(arena);
	return in;
}

int64_t ingest_received_ms(const struct ingest *in)
{
	return in->received_ms;
}

void ingest_again(struct ingest *in, int64_t received_ms)
{
	in->again = true;
	in->received_ms = received_ms;
	device_time_clear(&in->time);
	device_time_now(in->device, received_ms, &in->time);
	in->cache = (struct zone_cache){ .zone = in->time.zone };
}

void ingest_elsewhere(struct ingest *in)
{
	in->elsewhere = true;
}

void ingest_idle(struct ingest *in)
{
	in->idle = true;
}

void ingest_audit(struct ingest *in, const struct audit_row *row, const int64_t *wrong)
{
	in->audit = row;
	in->audit_wrong = wrong;
}

void ingest_free(struct ingest *in)
{
	if (in == NULL)
		return;
	device_time_clear(&in->time);
	device_unref(in->device);
	ghi_arena_clear(&in->rest_arena);
	free(in->shown_stamp);
	free(in->punch);
	ghi_budget_release(in->rest_arena.share, in->room * sizeof(*in->punch));
	ingest_events_free(in);
	free(in);
}

static bool ingest_room_double(struct ingest *in)
{
	const struct budget_share *share = in->rest_arena.share;
	size_t room = in->room ? in->room * 2 : 16,
	       more = (room - in->room) * sizeof(struct punch);
	struct punch *grown;

	if (!ghi_budget_charge(share, more))
		return false;
	grown = realloc(in->punch, room * sizeof(*grown));
	if (grown == NULL) {
		ghi_budget_release(share, more);
		return false;
	}
	in->punch = grown;
	in->room = room;
	return true;
}

size_t ingest_accepted(const struct ingest *in)
{
	return in->result.accepted;
}

enum gh_err ingest_punch(struct ingest *in, const struct punch *from)
{
	if (in->punches == in->room && !ingest_room_double(in))
		return GH_ENOMEM;
	struct punch *p = &in->punch[in->punches++];
	*p = *from;
	p->device = in->device->id;
	p->received_ms = in->received_ms;
	punch_place_in_time(p, &in->time, &in->cache);
	in->result.accepted++;
	return GH_OK;
}

static struct ingest_item *ingest_item_add(struct arena *a, struct ingest_list *l, size_t extra)
{
	struct ingest_item *item = ghi_arena_alloc(a, sizeof(*item) + extra);

	if (item) {
		*l->last = item;
		l->last = &item->next;
	}
	return item;
}

static void ingest_record_read(struct ingest *in)
{
	in->records++;
	in->result.accepted++;
}

/* Here, and not where it is stored: that thread does no long work. */
static enum gh_err photo_hash(struct ingest *in, struct photo *p)
{
	uint8_t *hash;

	p->content_hash = (gh_slice){ 0 };
	if (!model_has(p, PHOTO_content) || !p->content.n)
		return GH_OK;
	hash = ghi_arena_alloc(in->arena, PICTURE_HASH_BYTES);
	if (hash == NULL)
		return GH_ENOMEM;
	p->content_hash = (gh_slice){ hash, PICTURE_HASH_BYTES };
	return picture_hash(p->content, hash);
}

enum gh_err ingest_record(struct ingest *in, enum model_kind_id kind, const void *record)
{
	struct ingest_item *item =
		ingest_item_add(in->arena, &in->piece, model_kinds[kind].size);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_RECORD;
	item->kind = kind;
	memcpy(item->record, record, model_kinds[kind].size);
	if (kind == KIND_PHOTO && photo_hash(in, (struct photo *)item->record))
		return GH_ENOMEM;
	in->result.damaged += content_fault_mark(kind, item->record) > CONTENT_SIZE;
	ingest_record_read(in);
	return GH_OK;
}

static enum gh_err quarantine_add(struct ingest *in, int64_t line, int64_t offset, gh_slice raw,
				  const char *reason, bool once)
{
	struct ingest_item *item = ingest_item_add(&in->rest_arena, &in->rest, 0);
	char *why = ghi_arena_text(&in->rest_arena, gh_slice_of(reason));

	if (item == NULL || why == NULL)
		return GH_ENOMEM;
	item->what = ITEM_QUARANTINE;
	item->quarantine = (struct quarantine){
		.device = in->device->id,
		.received_ms = in->received_ms,
		.table = in->table,
		.line = line,
		.offset = offset,
		.reason = gh_slice_of(why),
		.raw = raw,
		.once = once,
	};
	in->result.quarantined++;
	return GH_OK;
}

enum gh_err ingest_quarantine(struct ingest *in, int64_t line, int64_t offset, gh_slice raw,
			      const char *reason)
{
	return quarantine_add(in, line, offset, raw, reason, false);
}

enum gh_err ingest_quarantine_once(struct ingest *in, int64_t line, int64_t offset,
				   gh_slice raw, const char *reason)
{
	return quarantine_add(in, line, offset, raw, reason, true);
}

enum gh_err ingest_raw(struct ingest *in, gh_slice target, gh_slice body)
{
	struct ingest_item *item = ingest_item_add(&in->rest_arena, &in->rest, 0);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_RAW;
	item->raw = (struct raw_upload){
		.device = in->device->id,
		.received_ms = in->received_ms,
		.table = in->table,
		.target = target,
		.body = body,
	};
	return GH_OK;
}

enum gh_err ingest_option(struct ingest *in, gh_slice key, gh_slice value)
{
	struct ingest_item *item = ingest_item_add(in->arena, &in->piece, 0);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_OPTION;
	item->option.key = key;
	item->option.value = value;
	ingest_record_read(in);
	return GH_OK;
}

enum gh_err ingest_unit_row(struct ingest *in, const struct unit_row *row)
{
	struct ingest_item *item = ingest_item_add(in->arena, &in->piece, 0);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_UNIT_ROW;
	item->unit_row = *row;
	item->unit_row.origin = UNIT_ROW_UPLOADED;
	item->unit_row.as_of_ms = server_steady_ms(in->server);
	return GH_OK;
}

void ingest_query(struct ingest *in, const struct query_arrival *a)
{
	in->query = a;
}

static enum gh_err stored_add(struct ingest *in, int what, int64_t id, gh_slice reason)
{
	struct ingest_item *item = ingest_item_add(&in->rest_arena, &in->rest, 0);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = what;
	item->stored.id = id;
	item->stored.reason = ghi_arena_copy(&in->rest_arena, reason);
	return in->rest_arena.failed ? GH_ENOMEM : GH_OK;
}

enum gh_err ingest_quarantine_leaves(struct ingest *in, int64_t id)
{
	return stored_add(in, ITEM_QUARANTINE_LEAVES, id, (gh_slice){ 0 });
}

enum gh_err ingest_quarantine_reason(struct ingest *in, int64_t id, gh_slice reason)
{
	return stored_add(in, ITEM_QUARANTINE_REASON, id, reason);
}

enum gh_err ingest_upload_leaves(struct ingest *in, int64_t id)
{
	return stored_add(in, ITEM_UPLOAD_LEAVES, id, (gh_slice){ 0 });
}

void ingest_stamp(struct ingest *in, gh_slice table, gh_slice stamp)
{
	if (table.n > INGEST_STAMP_BYTES || stamp.n > INGEST_STAMP_BYTES ||
	    !device_stamp_fits(in->device, table)) {
		in->result.dropped++;
		metric_add(&in->server->metrics->values_dropped, 1);
		return;
	}
	in->stamp_table = table;
	in->stamp = stamp;
	free(in->shown_stamp);
	in->shown_stamp = device_stamp_new(table, stamp);
}

bool ingest_full(const struct ingest *in)
{
	return in->arena->used >= INGEST_PIECE_BYTES || in->punches >= INGEST_PUNCHES ||
	       in->events >= INGEST_EVENTS;
}

bool ingest_piece_due(const struct ingest *in)
{
	return in->piece.first || in->punches >= INGEST_PUNCHES || in->events >= INGEST_EVENTS;
}

bool ingest_pending(const struct ingest *in)
{
	return in->piece.first || in->punches || in->events;
}

void ingest_piece_clear(struct ingest *in)
{
	ghi_arena_clear(in->arena);
	in->piece = (struct ingest_list){ 0 };
	in->piece.last = &in->piece.first;
	in->records = 0;
	if (in->with_punches)
		in->punches = 0;
	if (in->with_events)
		in->events = 0;
}
