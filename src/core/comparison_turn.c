/* A turn of a comparison: what became of its order, how much is stored, and the next order. */
#include <stdlib.h>

#include "base/number.h"
#include "core/comparisons_private.h"
#include "wire/push/answer.h"

#define AGAIN_MS INT64_C(3600000)
#define RETURN_FAILED (-1)     /* of old firmware also: not known */
#define RETURN_UNKNOWN (-1002) /* the device does not support it */
#define ROOM_UNIT 10000
#define ROOM_IN_SINGLE 1000

/* What the device counted. */
static bool sum_read(const struct command *c, int64_t *n)
{
	gh_slice text;
	uint64_t sum;

	if (c->kind == COMMAND_KIND_COMPARE_PUNCHES) {
		*n = c->return_code;
		return *n <= INT32_MAX;
	}
	if ((!ghi_answer_value(c->result, GH_LIT("AttlogSum"), &text) &&
	     !ghi_answer_value(c->result, GH_LIT("AttlogCount"), &text)) ||
	    ghi_number_parse(text, INT32_MAX, &sum))
		return false;
	*n = (int64_t)sum;
	return true;
}

static int64_t info_number(gh_slice answer, const char *key)
{
	gh_slice text;
	uint64_t n;

	if (!ghi_answer_value(answer, gh_slice_of(key), &text) ||
	    ghi_number_parse(text, INT32_MAX, &n))
		return -1;
	return (int64_t)n;
}

static void info_read(const struct command *c, struct comparison_answer *a)
{
	a->what = COMPARISON_COUNTED;
	a->n = info_number(c->result, "TransactionCount");
	a->people = info_number(c->result, "UserCount");
	a->fingers = info_number(c->result, "FPCount");
}

struct order_end {
	bool open;
	struct comparison_answer answer;
};

static bool order_end_see(void *ctx, const struct command *c)
{
	struct order_end *e = ctx;

	e->open = command_is_open(c->state);
	if (c->state == COMMAND_FAILED) {
		/* It may be another time: what failed, and what it fetched each time and never answered. */
		e->answer.code = c->has_return ? c->return_code : 0;
		e->answer.what =
			e->answer.code == RETURN_FAILED || e->answer.code == RETURN_UNKNOWN
				? COMPARISON_REFUSED
				: COMPARISON_FAILED;
	}
	if (c->state != COMMAND_ACKNOWLEDGED)
		return false;
	if (c->kind == COMMAND_KIND_INFO)
		info_read(c, &e->answer);
	else if (c->kind != COMMAND_KIND_VERIFY_SUM && c->kind != COMMAND_KIND_COMPARE_PUNCHES)
		e->answer.what = COMPARISON_SENT;
	else
		e->answer.what =
			sum_read(c, &e->answer.n) ? COMPARISON_COUNTED : COMPARISON_REFUSED;
	return false;
}

static enum gh_err range_stored(struct comparisons *cs, struct store_reader *r,
				const struct comparing *c, int64_t *n)
{
	return cs->server->db.ops->punches_between(r, device_id(c->device), c->row.range_from,
						   c->row.range_to, n);
}

/* What came of it since it was queried, and what is stored of that. */
static enum gh_err queried_read(struct comparisons *cs, struct store_reader *r,
				const struct comparing *c, struct comparison_answer *a)
{
	struct comparison_seen seen = device_comparison_seen(c->device, c->row.first_to);

	a->seen = seen.rows;
	a->unplaced = seen.unplaced;
	a->first_seen = seen.first_seen;
	a->first_rows = seen.first_rows;
	a->first_to = seen.first_to;
	if (c->row.step != COMPARISON_COUNTER_AGAIN || seen.from == 0)
		return GH_OK;
	return cs->server->db.ops->punches_between(r, device_id(c->device), seen.from, seen.to,
						   &a->queried);
}

static bool finger_count(void *ctx, gh_slice source, int64_t n)
{
	if (gh_slice_eq(source, GH_LIT("fp")))
		*(int64_t *)ctx += n;
	return true;
}

static bool room_option_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	uint64_t n;

	(void)device;
	if (gh_slice_ieq(key, GH_LIT("~MaxAttLogCount")) &&
	    ghi_number_parse(gh_slice_trim(value), INT32_MAX, &n) == GH_OK)
		*(int64_t *)ctx = (int64_t)n;
	return true;
}

/* As it reports it: in ten thousands, of older firmware in single punches. */
static enum gh_err room_read(struct comparisons *cs, struct store_reader *r,
			     struct comparing *c)
{
	int64_t n = 0;
	enum gh_err err =
		cs->server->db.ops->options_read(r, device_id(c->device), room_option_see, &n);

	c->row.room = n < ROOM_IN_SINGLE ? n * ROOM_UNIT : n;
	return err;
}

static enum gh_err people_stored(struct comparisons *cs, struct store_reader *r,
				 const struct comparing *c, struct comparison_answer *a)
{
	const struct store_ops *ops = cs->server->db.ops;
	int64_t n[KIND_COUNT], device = device_id(c->device);
	enum gh_err err = ops->record_counts(r, device, n);

	if (err == GH_OK)
		err = ops->template_counts(r, device, finger_count, &a->fingers_stored);
	if (err == GH_OK)
		a->people_stored = n[KIND_PERSON];
	return err;
}

static void comparing_answer(struct comparisons *cs, struct store_reader *r,
			     struct comparing *c)
{
	int64_t now_ms = cs->server->now_ms();
	struct order_end e = { .answer = { .what = COMPARISON_LOST, .now_ms = now_ms } };

	c->err = cs->server->db.ops->command_get(r, c->row.command, order_end_see, &e);
	if (c->err == GH_ENOTFOUND)
		c->err = GH_OK;
	if (c->err || e.open)
		return;
	c->err = range_stored(cs, r, c, &e.answer.stored);
	if (c->err == GH_OK)
		c->err = queried_read(cs, r, c, &e.answer);
	if (c->err == GH_OK && c->question.kind == COMMAND_KIND_INFO)
		c->err = people_stored(cs, r, c, &e.answer);
	if (c->err == GH_OK && c->question.kind == COMMAND_KIND_INFO)
		c->err = room_read(cs, r, c);
	if (c->err)
		return;
	c->besides = c->row.step == COMPARISON_COUNTER_EARLY;
	c->extra = comparison_take(&c->row, &e.answer);
	c->changed = true;
	/* One whose answer was lost begins again. */
	if (c->row.step == COMPARISON_IDLE)
		c->row.next_ms = e.answer.what == COMPARISON_LOST &&
						 (c->row.wanted ||
						  comparison_is_regular(cs->server, c->device))
					 ? now_ms + AGAIN_MS
					 : comparison_next_ms(cs->server, c->device, now_ms);
}

/* --- the next order --- */

static void range_day_put(struct ghi_writer *w, const char *name, ghi_civil t)
{
	uint8_t text[GHI_CIVIL_TEXT];
	struct ghi_writer to = ghi_writer_on(text, sizeof(text));

	ghi_put_civil(&to, t);
	command_argument_put(w, name, (gh_slice){ text, to.n < 10 ? to.n : 10 });
}

static void range_moment_put(struct ghi_writer *w, const char *name, ghi_civil t)
{
	uint8_t text[GHI_CIVIL_TEXT];
	struct ghi_writer to = ghi_writer_on(text, sizeof(text));

	ghi_put_civil(&to, t);
	command_argument_put(w, name, ghi_written(&to));
}

static void arguments_put(struct ghi_writer *w, const struct comparison_question *q,
			  int64_t stored)
{
	uint8_t text[24];
	struct ghi_writer count = ghi_writer_on(text, sizeof(text));

	if (q->kind == COMMAND_KIND_VERIFY_SUM || q->kind == COMMAND_KIND_QUERY_PUNCHES) {
		range_moment_put(w, "from", q->from);
		range_moment_put(w, "to", q->to);
	}
	if (q->kind != COMMAND_KIND_COMPARE_PUNCHES)
		return;
	range_day_put(w, "first_day", q->from);
	range_day_put(w, "last_day", q->to);
	ghi_put_signed(&count, stored);
	command_argument_put(w, "count", ghi_written(&count));
}

static void comparing_order(struct comparisons *cs, struct store_reader *r, struct comparing *c)
{
	enum { ROOM = 160 };
	int64_t stored = 0;
	uint8_t *text = ghi_arena_alloc(&cs->arena, ROOM), *shown;
	struct ghi_writer w = ghi_writer_on(text, text ? ROOM : 0);
	size_t n;

	if (c->question.kind == COMMAND_KIND_COMPARE_PUNCHES)
		c->err = range_stored(cs, r, c, &stored);
	arguments_put(&w, &c->question, stored);
	c->order = (struct command){
		.device = device_id(c->device),
		.serial = device_sn(c->device),
		.kind = c->question.kind,
		.arguments = ghi_written(&w),
		.requested_by = COMMAND_BY_SERVER,
		.state = COMMAND_QUEUED,
	};
	shown = command_shown_new(DEVICE_ATTENDANCE, c->order.kind, c->order.arguments, &n);
	c->order.shown = ghi_arena_copy(&cs->arena, (gh_slice){ shown, shown ? n : 0 });
	free(shown);
	if (w.err || cs->arena.failed)
		c->err = GH_ENOMEM;
}

/* That a log was read to its end needs no order. */
static void comparing_was_read(struct comparisons *cs, struct comparing *c)
{
	c->row.complete_to = c->row.compared_to = c->read;
	comparison_whole(&c->row, COMPARISON_READ, cs->server->now_ms());
	c->row.step = COMPARISON_IDLE;
	c->changed = true;
}

void comparing_turn(struct comparisons *cs, struct store_reader *r, struct comparing *c)
{
	if (c->read) {
		comparing_was_read(cs, c);
	} else if (c->row.step == COMPARISON_IDLE) {
		comparing_begin(cs, c);
	} else {
		if (c->wanted)
			c->row.wanted = 1;
		c->changed = c->wanted;
		c->question = comparison_question(&c->row);
		comparing_answer(cs, r, c);
	}
	c->question = (struct comparison_question){ .kind = COMMAND_KINDS };
	if (c->err || !c->changed || c->row.command)
		return;
	c->question = comparison_question(&c->row);
	if (c->question.kind < COMMAND_KINDS)
		comparing_order(cs, r, c);
}
