#include "core/access/unit_cards.h"

#include <stdlib.h>

#include "core/access/unit_card.h"
#include "core/access/unit_mirror.h"
#include "core/device_private.h"
#include "store/queue.h"

#define PIECE 200 /* rows of a transaction */
#define PIECE_BYTES ((size_t)1 << 20)

struct unit_cards {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced: whose rows are read */
	atomic_bool due, busy;
	bool begun, turned; /* with the first piece; how all pieces were read so far */
	bool more;
	size_t after_n; /* of the key of the last row */
	uint8_t after[UNIT_ROW_KEY];
	/* Of a piece. */
	struct arena text;
	struct unit_row row[PIECE];
	size_t rows;
};

/* --- on the store thread --- */

static bool piece_note(void *ctx, const struct unit_row *row)
{
	struct unit_cards *u = ctx;

	if (u->rows == PIECE || u->text.used >= PIECE_BYTES || row->key.n > UNIT_ROW_KEY) {
		u->more = u->rows > 0;
		return false;
	}
	u->row[u->rows] = *row;
	u->row[u->rows].unit = (gh_slice){ 0 };
	u->row[u->rows].table = GH_LIT("mulcarduser");
	u->row[u->rows].key = ghi_arena_copy(&u->text, row->key);
	u->row[u->rows].row = ghi_arena_copy(&u->text, row->row);
	u->rows++;
	return !u->text.failed;
}

/* A setting that was changed again meanwhile counts from the first row on. */
static enum gh_err piece_begin(struct unit_cards *u, const struct store_ops *ops,
			       struct store *s)
{
	bool turned;
	enum gh_err err = ops->unit_cards_turned(s, device_id(u->device), &turned);

	if (err == GH_OK && (!u->begun || u->turned != turned)) {
		u->begun = true;
		u->turned = turned;
		u->after_n = 0;
	}
	return err;
}

static enum gh_err cards_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	struct unit_cards *u = (struct unit_cards *)job;
	enum gh_err err = piece_begin(u, ops, s);

	ghi_arena_clear(&u->text);
	u->rows = 0;
	u->more = false;
	if (err == GH_OK)
		err = ops->unit_rows_scan(
			s, device_id(u->device), (gh_slice){ 0 }, GH_LIT("mulcarduser"),
			(gh_slice){ u->after, u->after_n }, PIECE + 1, piece_note, u);
	if (err == GH_OK && u->text.failed)
		err = GH_ENOMEM;
	for (size_t i = 0; i < u->rows && err == GH_OK; i++) {
		struct unit_row *row = &u->row[i];

		row->card = unit_row_card(row->table, row->row, u->turned);
		err = ops->unit_row_card_put(s, device_id(u->device), row);
	}
	return err;
}

/* --- one piece after the other, one unit after the other --- */

static void cards_rest(struct unit_cards *u)
{
	ghi_arena_clear(&u->text);
	device_unref(u->device);
	u->device = NULL;
	atomic_store(&u->busy, false);
}

static void cards_noted(void *ctx, enum gh_err err)
{
	struct unit_cards *u = ctx;

	/* What could not be stored is tried again with the next tick. */
	if (err)
		atomic_store(&u->due, true);
	else
		unit_cards_wake(u);
}

/* All were read: the device has it. Another change since then is due by itself. */
static void cards_end(struct unit_cards *u)
{
	const struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_cards_derived),
					   .access.cards_derived = u->turned };
	struct device *d = device_ref(u->device);

	cards_rest(u);
	if (device_change(u->server, d, &change, cards_noted, u))
		atomic_store(&u->due, true);
	device_unref(d);
}

static void cards_done(struct store_job *job, enum gh_err err)
{
	struct unit_cards *u = (struct unit_cards *)job;

	if (err == GH_OK && !u->more) {
		cards_end(u);
		return;
	}
	if (err == GH_OK) {
		gh_slice last = u->row[u->rows - 1].key;

		memcpy(u->after, last.p, last.n);
		u->after_n = last.n;
		if (store_put(u->server->queue, job) == GH_OK)
			return;
	}
	/* The next tick begins again. */
	cards_rest(u);
	atomic_store(&u->due, true);
}

static bool unit_see(void *ctx, struct device *d)
{
	struct unit_cards *u = ctx;

	pthread_mutex_lock(&d->lock);
	bool differs = (d->row.access.cards_turned == 1) != d->row.access.cards_derived;

	pthread_mutex_unlock(&d->lock);
	if (differs && !device_deleted(d))
		u->device = device_ref(d);
	return u->device == NULL;
}

void unit_cards_tick(struct unit_cards *u)
{
	if (u == NULL || !atomic_load(&u->due) || atomic_exchange(&u->busy, true))
		return;
	atomic_store(&u->due, false);
	devices_each(u->server->devices, unit_see, u);
	if (u->device == NULL) {
		cards_rest(u);
		return;
	}
	u->begun = false;
	u->job = (struct store_job){ .run = cards_run,
				     .done = cards_done,
				     .lane = LANE_LEDGER,
				     .device = device_id(u->device) };
	if (store_put(u->server->queue, &u->job)) {
		cards_rest(u);
		atomic_store(&u->due, true);
	}
}

void unit_cards_wake(struct unit_cards *u)
{
	if (u == NULL)
		return;
	atomic_store(&u->due, true);
	unit_cards_tick(u);
}

struct unit_cards *unit_cards_new(struct server *server)
{
	struct unit_cards *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->server = server;
	atomic_init(&u->due, true);
	return u;
}

void unit_cards_free(struct unit_cards *u)
{
	if (u == NULL)
		return;
	cards_rest(u);
	free(u);
}
