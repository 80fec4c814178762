#include "core/ingest.h"

#include <stdlib.h>

#include "core/device_private.h"
#include "core/live.h"
#include "core/metrics.h"

#define DAY_MS INT64_C(86400000)

/* A record, kept in the arena behind its list entry. */
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

struct ingest {
	struct store_job job;
	struct server *server;
	struct device *device;
	struct arena *arena;
	struct zone *zone;
	struct zone_cache cache;
	int64_t received_ms;
	gh_slice table;
	gh_slice stamp_table, stamp;
	struct punch *punch;
	size_t punches, room;
	struct ingest_item *first, **last;
	size_t records; /* everything that was understood, punches left out */
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
	in->zone = device_zone(device);
	in->cache.zone = in->zone;
	in->received_ms = server->now_ms();
	in->table = table;
	in->last = &in->first;
	return in;
}

void ingest_free(struct ingest *in)
{
	if (in == NULL)
		return;
	zone_close(in->zone);
	device_unref(in->device);
	free(in->punch);
	free(in);
}

/* Derive the UTC moment, and what is odd about it. */
static void place_in_time(struct ingest *in, struct punch *p)
{
	if (!(p->flags & PUNCH_EPOCH)) {
		p->utc = PUNCH_NO_UTC;
		if (!ghi_civil_valid(p->time)) {
			p->flags |= PUNCH_IMPOSSIBLE;
			return;
		}
		switch (zone_to_utc_cached(&in->cache, p->time, &p->utc)) {
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
	if (p->utc > (p->received_ms + DAY_MS) / 1000)
		p->flags |= PUNCH_AHEAD;
	if (p->time < 20000101000000)
		p->flags |= PUNCH_ANCIENT;
}

enum gh_err ingest_punch(struct ingest *in, const struct punch *from)
{
	if (in->punches == in->room) {
		size_t room = in->room ? in->room * 2 : 16;
		struct punch *grown = realloc(in->punch, room * sizeof(*grown));

		if (grown == NULL)
			return GH_ENOMEM;
		in->punch = grown;
		in->room = room;
	}
	struct punch *p = &in->punch[in->punches++];
	*p = *from;
	p->device = in->device->id;
	p->zone = zone_name(in->zone);
	p->received_ms = in->received_ms;
	place_in_time(in, p);
	return GH_OK;
}

static struct ingest_item *add(struct ingest *in, size_t extra)
{
	struct ingest_item *item = ghi_arena_alloc(in->arena, sizeof(*item) + extra);

	if (item) {
		*in->last = item;
		in->last = &item->next;
	}
	return item;
}

enum gh_err ingest_record(struct ingest *in, enum model_kind_id kind, const void *record)
{
	struct ingest_item *item = add(in, model_kinds[kind].size);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_RECORD;
	item->kind = kind;
	memcpy(item->record, record, model_kinds[kind].size);
	in->records++;
	return GH_OK;
}

enum gh_err ingest_quarantine(struct ingest *in, int64_t line, int64_t offset, gh_slice raw,
			      const char *reason)
{
	struct ingest_item *item = add(in, 0);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_QUARANTINE;
	item->quarantine = (struct quarantine){
		.device = in->device->id,
		.received_ms = in->received_ms,
		.table = in->table,
		.line = line,
		.offset = offset,
		.reason = gh_slice_of(reason),
		.raw = raw,
	};
	in->result.quarantined++;
	return GH_OK;
}

enum gh_err ingest_raw(struct ingest *in, gh_slice target, gh_slice body)
{
	struct ingest_item *item = add(in, 0);

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
	struct ingest_item *item = add(in, 0);

	if (item == NULL)
		return GH_ENOMEM;
	item->what = ITEM_OPTION;
	item->option.key = key;
	item->option.value = value;
	in->records++;
	return GH_OK;
}

void ingest_stamp(struct ingest *in, gh_slice table, gh_slice stamp)
{
	in->stamp_table = table;
	in->stamp = stamp;
}

static enum gh_err put_item(struct ingest *in, const struct ingest_item *item,
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

static enum gh_err run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct ingest *in = (struct ingest *)job;
	enum gh_err err = GH_OK;

	if (device_deleted(in->device))
		return GH_ENOTFOUND;
	in->result.fresh = 0;
	if (in->punches)
		err = ops->punches_put(s, in->punch, in->punches, &in->result.fresh);
	for (struct ingest_item *item = in->first; item && err == GH_OK; item = item->next)
		err = put_item(in, item, ops, s);
	if (err == GH_OK && in->stamp_table.n)
		err = ops->stamp_put(s, in->device->id, in->stamp_table, in->stamp);
	return err;
}

static void committed(struct ingest *in)
{
	struct metrics *m = in->server->metrics;
	int64_t last = 0;

	if (in->stamp_table.n)
		device_stamp_publish(in->device, in->stamp_table, in->stamp);
	metric_add(&m->uploads, 1);
	metric_add(&m->punches, in->result.fresh);
	metric_add(&m->punch_repeats, in->punches - in->result.fresh);
	metric_add(&m->records, in->records);
	metric_add(&m->quarantined, in->result.quarantined);
	for (size_t i = in->punches; i && last == 0; i--)
		last = in->punch[i - 1].seq;
	if (last)
		live_grew(in->server->live, last);
}

static void done(struct store_job *job, enum gh_err err)
{
	struct ingest *in = (struct ingest *)job;

	in->result.accepted = in->punches + in->records;
	if (err == GH_OK)
		committed(in);
	else
		metric_add(&in->server->metrics->uploads_refused, 1);
	in->done(in->ctx, err, &in->result);
	ingest_free(in);
}

enum gh_err ingest_put(struct ingest *in, ingest_done_fn *when_done, void *ctx)
{
	in->done = when_done;
	in->ctx = ctx;
	in->job.run = run;
	in->job.done = done;
	in->job.lane = LANE_LEDGER;
	in->job.device = in->device->id;
	in->job.rows = in->punches;
	in->job.bytes = in->arena->used + in->punches * sizeof(*in->punch);
	return store_put(in->server->queue, &in->job);
}
