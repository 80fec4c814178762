/* The job that stores an upload, or a piece of one. */
#include <stdio.h>
#include <stdlib.h>

#include "core/access/query_mirror.h"
#include "core/access/unit_counts.h"
#include "core/access/unit_erasure.h"
#include "core/access/unit_mirror.h"
#include "core/audit.h"
#include "core/comparisons.h"
#include "core/ingest_private.h"
#include "core/live.h"
#include "core/metrics.h"
#include "core/roster_intake.h"
#include "core/syncs.h"
#include "model/credential_form.h"

static bool record_time_see(void *ctx, const struct record_row *row)
{
	int64_t *received_ms = ctx;

	*received_ms = row->received_ms;
	return true;
}

/* Whether the device has sent this record again since it came. */
static enum gh_err record_came_again(struct ingest *in, const struct ingest_item *item,
				     const struct store_ops *ops, struct store *s, bool *newer)
{
	int64_t received_ms = INT64_MIN;
	enum gh_err err = ops->record_find(s, item->kind, in->device->id, item->record,
					   record_time_see, &received_ms);

	*newer = received_ms > in->received_ms;
	return err == GH_ENOTFOUND ? GH_OK : err;
}

/* Whether an option may be stored. Its name is looked for only where there may be too many. */
static enum gh_err option_fits(struct ingest *in, const struct ingest_item *item,
			       const struct store_ops *ops, struct store *s, bool *fits)
{
	gh_slice key = item->option.key;
	bool known = false;
	enum gh_err err = GH_OK;

	*fits = key.n <= INGEST_OPTION_KEY && item->option.value.n <= INGEST_OPTION_VALUE;
	if (*fits && (in->option_names < 0 || in->option_names >= INGEST_OPTION_NAMES)) {
		err = ops->option_room(s, in->device->id, key, &in->option_names, &known);
		*fits = known || in->option_names < INGEST_OPTION_NAMES;
	}
	in->option_names += *fits && !known;
	in->dropped += !*fits;
	return err;
}

/* Of what the roster takes something. */
static bool intake_kind(const struct ingest_item *item)
{
	const struct oplog *o = (const struct oplog *)item->record;
	const struct photo *p = (const struct photo *)item->record;

	switch (item->kind) {
	case KIND_PERSON:
	case KIND_TEMPLATE:
		return true;
	case KIND_PHOTO:
		return credential_form_of(KIND_PHOTO, p) != CREDENTIAL_FORMS && p->content.n;
	case KIND_OPLOG:
		return o->op >= 9 && o->op <= 12 && o->value1.n;
	default:
		return false;
	}
}

static enum gh_err item_record_put(struct ingest *in, struct ingest_item *item,
				   const struct store_ops *ops, struct store *s)
{
	bool newer = false;
	enum gh_err err = GH_OK;

	if (in->again)
		err = record_came_again(in, item, ops, s, &newer);
	if (err || newer)
		return err;
	if (item->kind == KIND_PHOTO)
		err = ingest_photo_tie(in, ops, s, (struct photo *)item->record);
	if (err)
		return err;
	if (intake_kind(item) && roster_intake_of(in->device))
		err = ops->intake_put(s, item->kind, in->device->id, in->received_ms,
				      item->record);
	if (err)
		return err;
	return ops->record_put(s, item->kind, in->device->id, in->received_ms, item->record);
}

static enum gh_err item_put(struct ingest *in, struct ingest_item *item,
			    const struct store_ops *ops, struct store *s)
{
	bool fits;
	enum gh_err err;

	switch (item->what) {
	case ITEM_RECORD:
		return item_record_put(in, item, ops, s);
	case ITEM_QUARANTINE:
		return ops->quarantine_put(s, &item->quarantine);
	case ITEM_RAW:
		return ops->upload_put(s, &item->raw);
	case ITEM_OPTION:
		err = option_fits(in, item, ops, s, &fits);
		if (err || !fits)
			return err;
		return (in->again ? ops->option_add : ops->option_put)(
			s, in->device->id, item->option.key, item->option.value);
	case ITEM_UNIT_ROW:
		return unit_mirror_take(ops, s, in->device->id, &item->unit_row, INT64_MAX);
	case ITEM_QUARANTINE_LEAVES:
		return ops->quarantine_delete(s, item->stored.id, NULL);
	case ITEM_QUARANTINE_REASON:
		return ops->quarantine_reason(s, item->stored.id, item->stored.reason);
	case ITEM_UPLOAD_LEAVES:
		return ops->upload_delete(s, item->stored.id, NULL);
	}
	return GH_ESTATE;
}

static enum gh_err list_put(struct ingest *in, const struct ingest_list *l,
			    const struct store_ops *ops, struct store *s)
{
	enum gh_err err = GH_OK;

	for (struct ingest_item *item = l->first; item && err == GH_OK; item = item->next)
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

/* With the first piece, so that what is cut off has a row; with the last, which has the counts. */
static enum gh_err ingest_audit_put(const struct ingest *in, const struct store_ops *ops,
				    struct store *s)
{
	bool last = in->putting == INGEST_LAST;
	int64_t fresh = (int64_t)(in->result.fresh + in->fresh);
	struct audit_row row;
	char counts[96];

	if (in->audit == NULL || (in->audited && !last))
		return GH_OK;
	row = *in->audit;
	snprintf(counts, sizeof(counts), "{\"new\":%lld,\"known\":%lld,\"wrong\":%lld}",
		 (long long)fresh, (long long)in->result.accepted - fresh,
		 (long long)*in->audit_wrong);
	if (last)
		row.after = gh_slice_of(counts);
	return audit_put(ops, s, &row);
}

static enum gh_err ingest_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct ingest *in = (struct ingest *)job;
	enum gh_err err = GH_OK;

	if (device_deleted(in->device))
		return GH_ENOTFOUND;
	in->fresh = 0;
	in->dropped = 0;
	in->option_names = -1;
	if (in->with_punches)
		err = ops->punches_put(s, in->punch, in->punches, &in->fresh);
	if (err == GH_OK && in->with_events)
		err = ingest_events_put(in, ops, s);
	if (err == GH_OK)
		err = list_put(in, &in->piece, ops, s);
	if (err == GH_OK)
		err = ingest_audit_put(in, ops, s);
	if (err || in->putting != INGEST_LAST)
		return err;
	err = list_put(in, &in->rest, ops, s);
	if (err == GH_OK && in->stamp_table.n)
		err = ingest_stamp_put(in, ops, s);
	if (err == GH_OK && in->query) {
		enum query_collected what;

		err = query_collect(ops, s, in->device->id, in->query, &what);
		in->result.query = what;
	}
	return err;
}

/* What of a log went to quarantine was sent, too. */
static void ingest_lines_see(const struct ingest *in)
{
	if (in->again || !gh_slice_eq(in->table, GH_LIT("ATTLOG")))
		return;
	for (const struct ingest_item *i = in->rest.first; i; i = i->next)
		if (i->what == ITEM_QUARANTINE)
			device_comparison_see_line(in->device, i->quarantine.raw);
}

static bool list_has_contents(const struct ingest_list *l)
{
	for (const struct ingest_item *i = l->first; i; i = i->next)
		if (i->what == ITEM_OPTION ||
		    (i->what == ITEM_RECORD &&
		     (i->kind == KIND_PERSON || i->kind == KIND_TEMPLATE ||
		      i->kind == KIND_PHOTO || i->kind == KIND_WORK_CODE ||
		      i->kind == KIND_ID_CARD)))
			return true;
	return false;
}

/* Whether a plan of what the device is to hold is made of any of it. */
static bool ingest_has_contents(const struct ingest *in)
{
	return list_has_contents(&in->piece) ||
	       (in->putting == INGEST_LAST && list_has_contents(&in->rest));
}

/* The register and the counters follow the commit here, in the order of commits. */
static void ingest_committed(struct ingest *in)
{
	struct metrics *m = in->server->metrics;
	int64_t last = 0;
	size_t removed = 0;

	in->audited = true;
	if (ingest_has_contents(in))
		syncs_device_changed(in->device);
	if (in->records && roster_intake_of(in->device))
		roster_intake_wake(in->server->intake);
	in->result.fresh += in->fresh;
	in->result.dropped += in->dropped;
	metric_add(&m->values_dropped, in->dropped);
	metric_add(&m->records, in->records);
	if (in->with_punches) {
		metric_add(&m->punches, in->fresh);
		/* What is read again did not come now, nor what is imported from the device. */
		if (!in->again)
			device_comparison_see(in->device, in->punch, in->punches);
		for (size_t i = 0; i < in->punches; i++) {
			last = in->punch[i].seq > last ? in->punch[i].seq : last;
			removed += in->punch[i].seq == PUNCH_SEQ_REMOVED;
		}
		metric_add(&m->punches_expired, removed);
		metric_add(&m->punch_repeats, in->punches - in->fresh - removed);
		/* What was imported before counts from now on. */
		if (in->fresh + removed < in->punches)
			device_log_recount(in->device);
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
		metric_add(&m->uploads, !in->again);
		metric_add(&m->quarantined, in->result.quarantined);
		metric_add(&m->contents_damaged, in->result.damaged);
		ingest_lines_see(in);
	}
	if (last)
		live_grew(in->server->live, STREAM_PUNCH, last);
	if (in->with_events)
		ingest_events_committed(in);
	if (in->putting == INGEST_LAST && in->result.query == QUERY_WHOLE)
		query_mirror_wake(in->server->query_mirror);
	if (in->putting == INGEST_LAST && in->result.query == QUERY_COUNTED) {
		unit_counts_wake(in->server->unit_counts);
		unit_erasure_counted(in->server, in->device, in->query->packet.command,
				     in->query->counted);
	}
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
	certain = off >= -PUNCH_SHIFT_SPREAD_S || p->flags & PUNCH_ANCIENT;
	if (punch_is_shifted(p) && (off > 0 || (contact && contact / 1000 <= p->utc))) {
		p->flags |= PUNCH_SHIFTED;
		certain = true;
	}
	if (!certain)
		return;
	device_clock_seen(in->device, off, in->received_ms);
	device_clock_judge(in->server, in->device, off);
}

enum gh_err ingest_put_piece(struct ingest *in, enum ingest_piece piece,
			     ingest_done_fn *when_done, void *ctx)
{
	/* What a record points to may be missing. */
	if (in->arena->failed || in->rest_arena.failed)
		return GH_ENOMEM;
	if (piece == INGEST_LAST && !in->again && in->punches == 1 && in->result.accepted == 1)
		punch_compare_live(in);
	in->done = when_done;
	in->ctx = ctx;
	in->putting = piece;
	in->with_punches =
		in->punches && (piece != INGEST_MORE || in->punches >= INGEST_PUNCHES);
	in->with_events = in->events && (piece != INGEST_MORE || in->events >= INGEST_EVENTS);
	in->job = (struct store_job){
		.run = ingest_run,
		.done = ingest_job_done,
		.lane = LANE_LEDGER,
		.device = in->device->id,
		.rows = (in->with_punches ? in->punches : 0) +
			(in->with_events ? in->events : 0),
		.bytes = in->arena->used + in->rest_arena.used +
			 in->punches * sizeof(*in->punch) + in->events * sizeof(*in->event),
		.upkeep = in->idle,
	};
	return store_put(in->server->queue, &in->job);
}

enum gh_err ingest_put(struct ingest *in, ingest_done_fn *when_done, void *ctx)
{
	in->free_when_done = true;
	return ingest_put_piece(in, INGEST_LAST, when_done, ctx);
}
