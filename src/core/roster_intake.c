#include "core/roster_intake.h"

#include <stdlib.h>

#include "base/clock.h"
#include "core/access/planner.h"
#include "core/access/site_memory.h"
#include "core/roster_conflict.h"
#include "core/roster_take.h"
#include "core/syncs.h"

/* Of a piece: it ends with the first of both. */
#define PIECE_US 5000
#define PIECE_NOTES 64
/* Thousandths of the time of the store thread while other jobs come. */
#define SHARE 250
#define NOTE_BYTES ((size_t)32 << 20)

struct roster_intake_work {
	struct store_job job;
	struct server *server;
	_Atomic bool busy; /* the rest is the job's then */
	_Atomic bool due;  /* there may be notes */
	struct arena arena;
	int64_t failed; /* the number of the last note that could not be taken in this pass; 0: none */
	int64_t at; /* of the piece: the last one that was looked at */
	bool single; /* a piece failed: each note is a piece, so that one that fails keeps no other */
	bool more, changed;
	/* Those that have a conflict since this piece, to be published after the commit. */
	struct device *conflict[PIECE_NOTES];
	size_t conflicts;
};

static void conflicts_drop(struct roster_intake_work *w)
{
	while (w->conflicts)
		device_unref(w->conflict[--w->conflicts]);
}

static bool note_keep(void *ctx, const struct roster_intake *note)
{
	struct roster_take *t = ctx;
	const struct model_kind *k = &model_kinds[KIND_PERSON];

	t->note = *note;
	t->note.serial = ghi_arena_copy(t->arena, note->serial);
	t->note.kind = ghi_arena_copy(t->arena, note->kind);
	t->note.pin = ghi_arena_copy(t->arena, note->pin);
	t->note.source = ghi_arena_copy(t->arena, note->source);
	t->note.sync = ghi_arena_copy(t->arena, note->sync);
	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].type == MODEL_TEXT) {
			gh_slice *s = model_at(k, &t->note.was, i);

			*s = model_has(&t->note.was, i) ? ghi_arena_copy(t->arena, *s)
							: (gh_slice){ 0 };
		}
	return true;
}

/* GH_ENOTFOUND: there is none left. */
static enum gh_err note_take(struct roster_intake_work *w, const struct store_ops *ops,
			     struct store *s)
{
	struct roster_take t = {
		.ops = ops, .s = s, .arena = &w->arena, .now_ms = w->server->now_ms()
	};
	enum gh_err err = ops->intake_next(s, w->at, note_keep, &t);

	if (err)
		return err;
	if (w->arena.failed)
		return GH_ENOMEM;
	w->at = t.note.id;
	t.device = devices_find(w->server->devices, t.note.serial);
	if (t.device && roster_intake_of(t.device))
		err = roster_take_note(&t);
	if (t.conflict)
		w->conflict[w->conflicts++] = device_ref(t.device);
	device_unref(t.device);
	w->changed |= t.changed;
	return err ? err : ops->intake_done(s, t.note.id);
}

static enum gh_err intake_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct roster_intake_work *w = (struct roster_intake_work *)job;
	int64_t begun_us = ghi_clock_monotonic_us();
	enum gh_err err = GH_OK;

	/* It may run again. */
	w->at = w->failed;
	w->more = w->changed = false;
	conflicts_drop(w);
	for (int n = 0; err == GH_OK && !w->more; n++) {
		w->more = n == (w->single ? 1 : PIECE_NOTES) ||
			  ghi_clock_monotonic_us() - begun_us > PIECE_US;
		if (!w->more)
			err = note_take(w, ops, s);
		ghi_arena_clear(&w->arena);
	}
	return err == GH_ENOTFOUND ? GH_OK : err;
}

static void intake_piece_put(struct roster_intake_work *w)
{
	if (store_put(w->server->queue, &w->job)) {
		atomic_store(&w->busy, false);
		atomic_store(&w->due, true);
	}
}

static void intake_done(struct store_job *job, enum gh_err err)
{
	struct roster_intake_work *w = (struct roster_intake_work *)job;

	for (size_t i = 0; i < w->conflicts && err == GH_OK; i++)
		roster_conflict_publish(w->conflict[i]);
	conflicts_drop(w);
	if (err == GH_OK && w->changed) {
		syncs_roster_changed(w->server->syncs);
		planner_site_changed(w->server->planner);
		site_memory_stale(w->server->site);
	}
	if (err) {
		LOG(w->server->log, LOG_WARNING, "what devices sent of people is not taken yet",
		    { "why", gh_slice_of(gh_strerror(err)) });
		/* Taken up again with the next that comes, or after a restart. */
		if (w->single)
			w->failed = w->at;
		w->single = true;
	}
	if (err == GH_OK && w->more) {
		intake_piece_put(w);
		return;
	}
	if (err == GH_OK)
		w->failed = w->single = 0;
	else
		atomic_store(&w->due, true);
	atomic_store(&w->busy, false);
	/* What came meanwhile; after an error the next tick begins again. */
	if (err == GH_OK && atomic_load(&w->due))
		roster_intake_tick(w);
}

void roster_intake_tick(struct roster_intake_work *w)
{
	if (w == NULL || !atomic_load(&w->due) || atomic_exchange(&w->busy, true))
		return;
	atomic_store(&w->due, false);
	intake_piece_put(w);
}

void roster_intake_wake(struct roster_intake_work *w)
{
	if (w == NULL)
		return;
	atomic_store(&w->due, true);
	roster_intake_tick(w);
}

bool roster_intake_of(const struct device *d)
{
	return device_dialect(d) != DEVICE_ACCESS;
}

struct roster_intake_work *roster_intake_new(struct server *server)
{
	struct roster_intake_work *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->server = server;
	w->arena = ghi_arena_with_limit(NOTE_BYTES);
	w->job = (struct store_job){
		.run = intake_run,
		.done = intake_done,
		.lane = LANE_LEDGER,
		.upkeep = true,
		.share = SHARE,
	};
	atomic_init(&w->due, true);
	return w;
}

void roster_intake_free(struct roster_intake_work *w)
{
	if (w == NULL)
		return;
	conflicts_drop(w);
	ghi_arena_clear(&w->arena);
	free(w);
}
