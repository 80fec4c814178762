#include "core/sync_gather_private.h"

#include <stdlib.h>

#include "base/number.h"
#include "core/commands.h"
#include "core/device_bio_read.h"
#include "core/device_text.h"
#include "core/server_clock.h"
#include "model/command_rule.h"
#include "store/picture.h"
#include "wire/attendance/info.h"

enum { TERMINAL_NAME = 24, TERMINAL_PASSWORD = 8 }; /* bytes of its records */

void *sync_gathering_room(struct gathering *g, void *items, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return items;
	*room = *room ? *room * 2 : 64;
	more = ghi_arena_alloc(&g->out->arena, *room * size);
	if (more == NULL)
		g->err = GH_ENOMEM;
	else if (n)
		memcpy(more, items, n * size);
	return more;
}

/* --- what it holds --- */

void *sync_record_copy(struct gathering *g, enum model_kind_id kind, const void *record)
{
	const struct model_kind *k = &model_kinds[kind];
	struct arena *a = &g->out->arena;
	uint8_t *to = ghi_arena_alloc(a, k->size);

	if (to == NULL) {
		g->err = GH_ENOMEM;
		return NULL;
	}
	for (size_t i = 0; i < k->fields; i++) {
		bool text = k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES;

		if (!model_has(record, i) ||
		    (kind == KIND_ID_CARD && k->field[i].flags & MODEL_SECRET))
			continue;
		if (text)
			*(gh_slice *)model_at(k, to, i) = ghi_arena_copy(
				a, *(const gh_slice *)model_at_const(k, record, i));
		else
			memcpy(model_at(k, to, i), model_at_const(k, record, i),
			       sizeof(int64_t));
		model_mark(to, i);
	}
	return to;
}

static bool held_add(struct gathering *g, enum model_kind_id kind, const struct record_row *of)
{
	struct held_row row = { .item = { .kind = kind }, .received_ms = of->received_ms };
	const struct person *p;
	gh_slice key;

	row.item.record = sync_record_copy(g, kind, of->record);
	if (row.item.record == NULL)
		return false;
	p = row.item.record;
	key = kind == KIND_PERSON    ? p->pin
	      : kind == KIND_ID_CARD ? ((const struct id_card *)row.item.record)->id_number
				     : ((const struct work_code *)row.item.record)->code;
	/* No command can name it. */
	if (key.n == 0 || !command_value_is_line(key, false))
		return true;
	if (kind == KIND_PERSON) {
		row.placed = model_has(p, PERSON_placed) && p->placed > 0;
		row.sent = row.placed && p->placed == PERSON_PLACED;
		row.item.ours = row.placed;
		g->any_placed |= row.placed;
		g->people++;
	}
	g->row = sync_gathering_room(g, g->row, g->rows, &g->rows_room, sizeof(*g->row));
	if (g->row)
		g->row[g->rows++] = row;
	if (kind == KIND_PERSON)
		server_clock_stored(g->server, of->received_ms);
	return g->row != NULL;
}

static bool held_person_see(void *ctx, const struct record_row *row)
{
	return held_add(ctx, KIND_PERSON, row);
}

static bool work_code_see(void *ctx, const struct record_row *row)
{
	return held_add(ctx, KIND_WORK_CODE, row);
}

static bool id_card_see(void *ctx, const struct record_row *row)
{
	return held_add(ctx, KIND_ID_CARD, row);
}

static bool held_credential_see(void *ctx, enum model_kind_id kind, const struct record_row *of,
				gh_slice digest, bool placed)
{
	struct gathering *g = ctx;
	struct held_row row = { .item = { .kind = kind, .ours = placed },
				.received_ms = of->received_ms };
	size_t field = kind == KIND_PHOTO ? (size_t)PHOTO_content : (size_t)TEMPLATE_data;
	union model_record bare;
	uint8_t hash[PICTURE_HASH_BYTES];
	gh_slice content = { 0 };

	memcpy(&bare, of->record, model_kinds[kind].size);
	if (model_has(&bare, field))
		content = *(gh_slice *)model_at(&model_kinds[kind], &bare, field);
	bare.present &= ~(UINT64_C(1) << field);
	if (digest.n == 0 && content.n) {
		g->err = picture_hash(content, hash);
		digest = (gh_slice){ hash, sizeof(hash) };
	}
	row.item.record = sync_record_copy(g, kind, &bare);
	row.item.digest = ghi_arena_copy(&g->out->arena, digest);
	if (g->err || !command_value_is_line(sync_item_name(&row.item), false))
		return g->err == GH_OK;
	g->row = sync_gathering_room(g, g->row, g->rows, &g->rows_room, sizeof(*g->row));
	if (g->row)
		g->row[g->rows++] = row;
	return g->row != NULL;
}

/* Templates and photos of people who are not there are not looked at. Of the same under two keys the newer one is. */
static void held_rows_clean(struct gathering *g)
{
	gh_slice person = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < g->rows; i++) {
		struct held_row row = g->row[i];
		bool credential = row.item.kind == KIND_TEMPLATE || row.item.kind == KIND_PHOTO;

		if (row.item.kind == KIND_PERSON)
			person = sync_item_name(&row.item);
		else if (credential && !gh_slice_eq(sync_item_name(&row.item), person))
			continue;
		if (n == 0 || sync_item_order(&g->row[n - 1].item, &row.item, true) != 0)
			g->row[n++] = row;
		else if (row.received_ms >= g->row[n - 1].received_ms)
			g->row[n - 1] = row;
	}
	g->rows = n;
}

static int held_row_order(const void *a, const void *b)
{
	return sync_item_order(&((const struct held_row *)a)->item,
			       &((const struct held_row *)b)->item, true);
}

static void held_gather(struct gathering *g)
{
	const struct store_ops *ops = g->server->db.ops;
	const struct store_page all = { .limit = INT64_MAX, .device = device_id(g->d) };
	struct sync_given *out = g->out;
	enum gh_err err = ops->records_read(g->reader, KIND_PERSON, &all, held_person_see, g);

	if (err == GH_OK && g->err == GH_OK)
		err = ops->records_read(g->reader, KIND_WORK_CODE, &all, work_code_see, g);
	if (err == GH_OK && g->err == GH_OK)
		err = ops->records_read(g->reader, KIND_ID_CARD, &all, id_card_see, g);
	if (err == GH_OK && g->err == GH_OK)
		err = ops->held_credentials_read(g->reader, device_id(g->d),
						 held_credential_see, g);
	g->err = g->err ? g->err : err;
	if (g->err)
		return;
	if (g->rows)
		qsort(g->row, g->rows, sizeof(*g->row), held_row_order);
	held_rows_clean(g);
	int64_t *received_ms =
		ghi_arena_alloc(&out->arena, (g->rows + 1) * sizeof(*received_ms));
	bool *placed = ghi_arena_alloc(&out->arena, (g->rows + 1) * sizeof(*placed));

	out->held = ghi_arena_alloc(&out->arena, (g->rows + 1) * sizeof(*out->held));
	if (received_ms == NULL || placed == NULL || out->held == NULL) {
		g->err = GH_ENOMEM;
		return;
	}
	for (size_t i = 0; i < g->rows; i++) {
		out->held[i] = g->row[i].item;
		received_ms[i] = g->row[i].received_ms;
		placed[i] = g->row[i].placed;
	}
	out->received_ms = received_ms;
	out->placed = placed;
	out->input.held = out->held;
	out->input.helds = g->rows;
}

/* --- what waits --- */

static bool waiting_see(void *ctx, const struct command *c)
{
	struct gathering *g = ctx;
	struct sync_given *out = g->out;
	size_t n = out->input.waitings;
	gh_slice pin;

	out->waiting = sync_gathering_room(g, out->waiting, n, &g->waiting_room,
					   sizeof(*out->waiting));
	if (out->waiting == NULL)
		return false;
	out->waiting[n] = (struct sync_waiting){
		.id = c->id,
		.kind = c->kind,
		.arguments = ghi_arena_copy(&out->arena, c->arguments),
		.ours = gh_slice_eq(c->requested_by, COMMAND_BY_SYNC),
		.given = c->state != COMMAND_QUEUED || c->sent_ms != 0,
	};
	out->own_waiting += out->waiting[n].ours;
	out->query_waits |= c->kind == COMMAND_KIND_QUERY_PERSON &&
			    !command_argument(c->arguments, ARGUMENT_pin, &pin);
	out->input.waiting = out->waiting;
	out->input.waitings = n + 1;
	return true;
}

/* --- what it can take --- */

struct device_counts {
	int64_t people, people_most;
};

static bool counts_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct device_counts *c = ctx;
	uint64_t n;

	(void)device;
	if (gh_slice_ieq(key, GH_LIT("UserCount")) &&
	    ghi_number_parse(gh_slice_trim(value), INT32_MAX, &n) == GH_OK)
		c->people = (int64_t)n;
	if (gh_slice_ieq(key, GH_LIT("~MaxUserCount")) &&
	    ghi_number_parse(gh_slice_trim(value), INT32_MAX, &n) == GH_OK)
		c->people_most = (int64_t)n;
	return true;
}

/* The greatest number of people is a limit of terminals alone: attendance devices report it in hundreds or not, and
 * no conclusion is drawn from it (QUIRKS Q20). */
static void device_read(struct gathering *g)
{
	struct sync_given *out = g->out;
	struct sync_device *d = &out->device;
	struct device_counts counts = { -1, 0 };
	struct device_row row;
	struct ghi_info info;

	*d = (struct sync_device){ .people = -1 };
	device_row(g->d, &out->arena, &row);
	d->charset = device_charset(&row, out->charset);
	g->err = device_bio_read(g->server->db.ops, g->reader, g->d, &out->arena, &d->bio);
	if (g->err == GH_OK)
		g->err = g->server->db.ops->options_read(g->reader, device_id(g->d), counts_see,
							 &counts);
	ghi_info_parse(row.attendance.info, &info);
	g->counted = info.users >= 0 ? info.users : counts.people;
	d->work_codes = d->id_cards = !d->bio.terminal && !d->bio.access;
	if (!d->bio.terminal)
		return;
	d->name_most = TERMINAL_NAME;
	d->password_most = TERMINAL_PASSWORD;
	d->people_most = counts.people_most;
}

enum gh_err sync_gather(struct server *server, struct store_reader *reader,
			const struct sync_roster *roster, struct device *d,
			struct sync_given *out)
{
	struct gathering g = { .server = server,
			       .reader = reader,
			       .roster = roster,
			       .d = d,
			       .out = out,
			       .namespace = sync_roster_namespace(roster, device_area(d)) };
	enum gh_err err;

	*out = (struct sync_given){ .arena = ghi_arena_with_limit(SYNC_GIVEN_BYTES),
				    .until_ms = INT64_MAX };
	out->input.device = &out->device;
	/* All would be removed from it. */
	if (!sync_roster_has_area(roster, device_area(d)))
		return GH_EBUSY;
	device_read(&g);
	if (g.err == GH_OK)
		held_gather(&g);
	g.behind = server_clock_behind_ms(server) > 0;
	if (g.err == GH_OK)
		sync_target_make(&g);
	if (g.err == GH_OK) {
		err = server->db.ops->commands_waiting(reader, device_id(d), waiting_see, &g);
		g.err = g.err ? g.err : err;
	}
	if (g.err == GH_OK && out->arena.failed)
		g.err = GH_ENOMEM;
	out->unread = !g.any_placed && g.counted > g.people;
	return g.err;
}

enum gh_err sync_gather_waiting(struct server *server, struct store_reader *reader,
				struct device *d, struct sync_given *out)
{
	struct gathering g = { .server = server, .reader = reader, .d = d, .out = out };
	enum gh_err err;

	*out = (struct sync_given){ .arena = ghi_arena_with_limit(SYNC_GIVEN_BYTES),
				    .until_ms = INT64_MAX };
	err = server->db.ops->commands_waiting(reader, device_id(d), waiting_see, &g);
	if (g.err == GH_OK && out->arena.failed)
		g.err = GH_ENOMEM;
	return g.err ? g.err : err;
}

void sync_given_clear(struct sync_given *g)
{
	ghi_arena_clear(&g->arena);
	*g = (struct sync_given){ 0 };
}
