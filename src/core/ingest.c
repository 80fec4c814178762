#include "core/ingest.h"

#include <stdlib.h>

#include "core/device_options.h"
#include "core/device_private.h"
#include "core/live.h"
#include "core/metrics.h"

/* A clock that is set by us is some seconds off; an upload takes some seconds, too. */
#define AHEAD_MS INT64_C(600000)
/* A clock that lost its battery begins at 1970-01-01 or 2000-01-01, and runs on. The protocols are
 * younger (QUIRKS, clocks). */
#define ANCIENT_BEFORE 20010101000000

/* A record, in the arena behind its list entry. */
struct ingest_item {
	struct ingest_item *next;
	enum { ITEM_RECORD, ITEM_QUARANTINE, ITEM_RAW, ITEM_OPTION } what;
	enum model_kind_id kind;
	union {
		struct quarantine quarantine;
		struct raw_upload raw;
		struct {
			gh_slice key, value;
		} option;
	};
	max_align_t record[];
};

struct ingest_list {
	struct ingest_item *first, **last;
};

struct ingest {
	struct store_job job;
	struct server *server;
	struct device *device;
	struct arena *arena;
	struct device_time time;
	struct zone_cache cache;
	int64_t received_ms;
	gh_slice table;
	gh_slice stamp_table, stamp;
	struct stamp *shown_stamp; /* to show after the commit */
	bool stamped, resent; /* the mark is kept; and it ends what device_resend() began */
	struct punch *punch;
	size_t punches, room;	  /* `room` of them are charged to the arena's share */
	struct ingest_list piece; /* in `arena` */
	struct ingest_list rest;  /* quarantine and raw bodies, for the last piece */
	struct arena rest_arena;
	size_t records; /* the records of this piece, except punches */
	enum ingest_piece putting;
	bool with_punches; /* in the job that is put */
	bool free_when_done;
	size_t fresh; /* of the job that is put */
	struct ingest_result result;
	ingest_done_fn *done;
	void *ctx;
};

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

/* Whether the clock showed this while it ran at an offset that its zone had no longer. */
static bool punch_is_fixed(const struct device_time *t, struct punch *p)
{
	if (t->fixed == NULL)
		return false;
	int64_t utc = ghi_civil_to_seconds(p->time) - t->fixed_offset_s;

	if (utc < t->since_s || zone_offset_at(t->zone, utc) == t->fixed_offset_s)
		return false;
	p->zone = zone_name(t->fixed);
	p->utc = utc;
	return true;
}

void punch_place_in_time(struct punch *p, const struct device_time *t, struct zone_cache *cache)
{
	p->zone = zone_name(t->zone);
	if (!(p->flags & PUNCH_EPOCH)) {
		p->utc = PUNCH_NO_UTC;
		if (!ghi_civil_valid(p->time)) {
			p->flags |= PUNCH_IMPOSSIBLE;
			return;
		}
		if (!punch_is_fixed(t, p)) {
			switch (zone_to_utc_cached(cache, p->time, &p->utc)) {
			case ZONE_GAP:
				p->flags |= PUNCH_GAP;
				break;
			case ZONE_OVERLAP:
				p->flags |= PUNCH_OVERLAP;
				break;
			case ZONE_EXACT:
				break;
			}
		}
	}
	if (p->utc > (p->received_ms + AHEAD_MS) / 1000)
		p->flags |= PUNCH_AHEAD;
	if (p->time < ANCIENT_BEFORE)
		p->flags |= PUNCH_ANCIENT;
}

/* How far its time is from that of its arrival, where that is whole or half hours, a minute and a
 * half more or less; else 0. */
#define HALF_HOUR 1800
#define SHIFT_SPREAD 90
#define SHIFT_MAX (14 * 3600)
static bool punch_is_shifted(const struct punch *p)
{
	if (p->utc == PUNCH_NO_UTC)
		return false;
	int64_t off = p->utc - p->received_ms / 1000, size = off < 0 ? -off : off;
	int64_t steps = (size + HALF_HOUR / 2) / HALF_HOUR, rest = size - steps * HALF_HOUR;

	return steps > 0 && size <= SHIFT_MAX + SHIFT_SPREAD && rest >= -SHIFT_SPREAD &&
	       rest <= SHIFT_SPREAD;
}

uint32_t punch_flags_again(const struct punch *p, uint32_t before)
{
	return before & PUNCH_SHIFTED && punch_is_shifted(p) ? PUNCH_SHIFTED : 0;
}

/* A punch that came alone was made just now, unless the device was out of contact since, or sends
 * late. */
static void punch_compare_live(struct ingest *in)
{
	struct punch *p = &in->punch[0];
	int64_t off, contact = device_contact_ms(in->device);
	bool certain;

	if (p->utc == PUNCH_NO_UTC || p->source == PUNCH_READ || p->flags & PUNCH_EPOCH)
		return;
	off = p->utc - p->received_ms / 1000;
	certain = off >= -SHIFT_SPREAD || p->flags & PUNCH_ANCIENT;
	if (punch_is_shifted(p) && (off > 0 || (contact && contact / 1000 <= p->utc))) {
		p->flags |= PUNCH_SHIFTED;
		certain = true;
	}
	if (!certain)
		return;
	device_clock_seen(in->device, off, in->received_ms);
	device_clock_judge(in->server, in->device, off);
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

enum gh_err ingest_record(struct ingest *in, enum model_kind_id kind, const void *record)
{
	struct ingest_item *item =
		ingest_item_add(in->arena, &in->piece, model_kinds[kind].size);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_RECORD;
	item->kind = kind;
	memcpy(item->record, record, model_kinds[kind].size);
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

void ingest_stamp(struct ingest *in, gh_slice table, gh_slice stamp)
{
	in->stamp_table = table;
	in->stamp = stamp;
	free(in->shown_stamp);
	in->shown_stamp = device_stamp_new(table, stamp);
}

static enum gh_err item_put(struct ingest *in, const struct ingest_item *item,
			    const struct store_ops *ops, struct store *s)
{
	switch (item->what) {
	case ITEM_RECORD:
		return ops->record_put(s, item->kind, in->device->id, in->received_ms,
				       item->record);
	case ITEM_QUARANTINE:
		return ops->quarantine_put(s, &item->quarantine);
	case ITEM_RAW:
		return ops->upload_put(s, &item->raw);
	case ITEM_OPTION:
		return ops->option_put(s, in->device->id, item->option.key, item->option.value);
	}
	return GH_ESTATE;
}

static enum gh_err list_put(struct ingest *in, const struct ingest_list *l,
			    const struct store_ops *ops, struct store *s)
{
	enum gh_err err = GH_OK;

	for (const struct ingest_item *item = l->first; item && err == GH_OK; item = item->next)
		err = item_put(in, item, ops, s);
	return err;
}

static enum gh_err ingest_stamp_put(struct ingest *in, const struct store_ops *ops,
				    struct store *s)
{
	int resend = atomic_load(&in->device->resend);
	enum gh_err err = GH_OK;

	in->stamped = resend != RESEND_WANTED;
	in->resent = resend == RESEND_GIVEN;
	if (in->stamped)
		err = ops->stamp_put(s, in->device->id, in->stamp_table, in->stamp);
	if (in->resent && err == GH_OK)
		err = ops->stamp_put(s, in->device->id, RESEND_TABLE, GH_LIT("0"));
	return err;
}

static enum gh_err ingest_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct ingest *in = (struct ingest *)job;
	enum gh_err err = GH_OK;

	if (device_deleted(in->device))
		return GH_ENOTFOUND;
	in->fresh = 0;
	if (in->with_punches)
		err = ops->punches_put(s, in->punch, in->punches, &in->fresh);
	if (err == GH_OK)
		err = list_put(in, &in->piece, ops, s);
	if (err || in->putting != INGEST_LAST)
		return err;
	err = list_put(in, &in->rest, ops, s);
	if (err == GH_OK && in->stamp_table.n)
		err = ingest_stamp_put(in, ops, s);
	return err;
}

/* The register and the counters follow the commit here, in the order of commits. */
static void ingest_committed(struct ingest *in)
{
	struct metrics *m = in->server->metrics;
	int64_t last = 0;

	in->result.fresh += in->fresh;
	metric_add(&m->records, in->records);
	if (in->with_punches) {
		metric_add(&m->punches, in->fresh);
		metric_add(&m->punch_repeats, in->punches - in->fresh);
		for (size_t i = in->punches; i && last == 0; i--)
			last = in->punch[i - 1].seq;
	}
	if (in->putting == INGEST_LAST) {
		int given = RESEND_GIVEN;

		if (in->stamped) {
			device_stamp_publish(in->device, in->shown_stamp);
			in->shown_stamp = NULL;
		}
		if (in->resent)
			atomic_compare_exchange_strong(&in->device->resend, &given,
						       RESEND_NONE);
		metric_add(&m->uploads, 1);
		metric_add(&m->quarantined, in->result.quarantined);
	}
	if (last)
		live_grew(in->server->live, last);
}

static void ingest_job_done(struct store_job *job, enum gh_err err)
{
	struct ingest *in = (struct ingest *)job;
	bool free_it = in->free_when_done;

	if (err == GH_OK)
		ingest_committed(in);
	in->done(in->ctx, err, &in->result);
	if (free_it)
		ingest_free(in);
}

bool ingest_full(const struct ingest *in)
{
	return in->arena->used >= INGEST_PIECE_BYTES || in->punches >= INGEST_PUNCHES;
}

bool ingest_piece_due(const struct ingest *in)
{
	return in->piece.first || in->punches >= INGEST_PUNCHES;
}

bool ingest_pending(const struct ingest *in)
{
	return in->piece.first || in->punches;
}

enum gh_err ingest_put_piece(struct ingest *in, enum ingest_piece piece,
			     ingest_done_fn *when_done, void *ctx)
{
	/* What a record points to may be missing. */
	if (in->arena->failed || in->rest_arena.failed)
		return GH_ENOMEM;
	if (piece == INGEST_LAST && in->punches == 1 && in->result.accepted == 1)
		punch_compare_live(in);
	in->done = when_done;
	in->ctx = ctx;
	in->putting = piece;
	in->with_punches =
		in->punches && (piece != INGEST_MORE || in->punches >= INGEST_PUNCHES);
	in->job = (struct store_job){
		.run = ingest_run,
		.done = ingest_job_done,
		.lane = LANE_LEDGER,
		.device = in->device->id,
		.rows = in->with_punches ? in->punches : 0,
		.bytes = in->arena->used + in->rest_arena.used +
			 in->punches * sizeof(*in->punch),
	};
	return store_put(in->server->queue, &in->job);
}

enum gh_err ingest_put(struct ingest *in, ingest_done_fn *when_done, void *ctx)
{
	in->free_when_done = true;
	return ingest_put_piece(in, INGEST_LAST, when_done, ctx);
}

void ingest_piece_clear(struct ingest *in)
{
	ghi_arena_clear(in->arena);
	in->piece = (struct ingest_list){ 0 };
	in->piece.last = &in->piece.first;
	in->records = 0;
	if (in->with_punches)
		in->punches = 0;
}
