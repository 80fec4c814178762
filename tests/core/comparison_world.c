#include "comparison_world.h"

#include <string.h>

#include "tests.h"

#define ORDERS 3000

struct device_world w;
struct comparison c;

unsigned world_chance(unsigned n)
{
	w.chance = w.chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(w.chance >> 33) % n;
}

ghi_civil civil_at(int64_t day, int64_t second)
{
	return ghi_civil_from_seconds(ghi_civil_to_seconds(20261101000000) + day * 86400 +
				      second);
}

void punch_add(ghi_civil t, bool held, bool stored)
{
	assert_true(w.n < WORLD_MOST);
	w.p[w.n++] = (struct world_punch){ .time = t, .held = held, .stored = stored };
}

void world_begin(uint64_t seed)
{
	memset(&w, 0, sizeof(w));
	w.chance = seed;
	c = comparison_new();
}

int64_t range_count(ghi_civil from, ghi_civil to, bool held)
{
	int64_t n = 0;

	for (size_t i = 0; i < w.n; i++)
		n += (held ? w.p[i].held : w.p[i].stored) && w.p[i].time >= from &&
		     w.p[i].time <= to;
	return n;
}

static int64_t range_stored(ghi_civil from, ghi_civil to)
{
	int64_t n = range_count(from, to, false);

	for (size_t i = 0; i < w.extras; i++)
		if (w.extra[i].day >= from / 1000000 && w.extra[i].day <= to / 1000000)
			n += w.extra[i].n;
	return n;
}

/* In uploads of some rows, of which each may be lost; what came is there once, however often. */
static void log_send(const struct comparison_question *q, bool besides)
{
	bool lost = false;
	size_t rows = 0;

	for (size_t i = 0; i < w.n && !besides; i++)
		w.p[i].sent = false;
	w.from = q->from;
	w.to = q->to;
	for (size_t i = 0; i < w.n; i++) {
		if (!w.p[i].held || w.p[i].time < q->from || w.p[i].time > q->to)
			continue;
		if (!w.p[i].twin && rows++ % 10 == 0)
			lost = (int)world_chance(1000) < w.queries_lost;
		if (lost)
			continue;
		w.p[i].stored = !w.p[i].twin && !w.p[i].unread;
		w.p[i].sent = true;
	}
}

static int64_t rows_sent(ghi_civil from, ghi_civil to, bool unread)
{
	int64_t n = 0;

	for (size_t i = 0; i < w.n; i++)
		n += w.p[i].sent && w.p[i].unread == unread && w.p[i].time >= from &&
		     w.p[i].time <= to;
	return n;
}

static void answer_came(struct comparison_answer *a)
{
	ghi_civil first = COMPARISON_LAST;

	a->seen = rows_sent(w.from, w.to, false);
	a->unplaced = rows_sent(w.from, w.to, true);
	a->queried = range_stored(w.from, w.to);
	a->first_seen = rows_sent(c.first_to / 1000000 * 1000000, c.first_to, false);
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i].sent && w.p[i].time < first && w.p[i].time >= COMPARISON_MODERN)
			first = w.p[i].time;
	a->first_to = first / 1000000 * 1000000 + 235959;
	a->first_rows = rows_sent(first / 1000000 * 1000000, a->first_to, false);
}

static void world_answer(const struct comparison_question *q, struct comparison_answer *a)
{
	unsigned way = 1u << (q->kind == COMMAND_KIND_INFO	   ? COMPARISON_COUNTERS
			      : q->kind == COMMAND_KIND_VERIFY_SUM ? COMPARISON_VERIFY_SUM
								   : COMPARISON_ACCOUNT);

	if (q->kind == COMMAND_KIND_QUERY_PUNCHES) {
		w.queries++;
		log_send(q, w.besides);
		a->what = COMPARISON_SENT;
		a->stored = range_stored(0, INT64_MAX);
		return;
	}
	w.infos += q->kind == COMMAND_KIND_INFO;
	a->stored = range_stored(q->from, q->to);
	answer_came(a);
	if (w.fails & way) {
		a->what = COMPARISON_FAILED;
		a->code = -3;
	} else if (w.refuses & way) {
		a->what = COMPARISON_REFUSED;
	} else if (q->kind == COMMAND_KIND_INFO) {
		a->people = a->fingers = -1;
		a->n = w.no_info ? -1 : range_count(0, INT64_MAX, true);
	} else {
		a->n = range_count(q->from, q->to, true);
		a->n += a->n ? w.more : 0;
	}
}

void world_compare(int64_t day)
{
	const struct comparison_start start = {
		.now_ms = day * 86400000,
		.end = civil_at(day, w.amid ? -36000 : -1),
		.firmware = 7,
	};

	w.orders = w.queries = w.infos = 0;
	comparison_begin(&c, &start);
	for (;;) {
		struct comparison_question q = comparison_question(&c);
		struct comparison_answer a = { .what = COMPARISON_COUNTED,
					       .now_ms = start.now_ms };

		if (q.kind == COMMAND_KINDS)
			break;
		assert_true(++w.orders < ORDERS);
		assert_true(q.from <= q.to);
		/* It counts days alone. */
		if (q.kind == COMMAND_KIND_COMPARE_PUNCHES) {
			assert_int_equal(q.from % 1000000, 0);
			assert_int_equal(q.to % 1000000, 235959);
		}
		world_answer(&q, &a);
		w.besides = c.step == COMPARISON_COUNTER_EARLY;
		struct comparison_extra extra = comparison_take(&c, &a);

		if (extra.n) {
			assert_true(w.extras < 64);
			w.extra[w.extras++] = extra;
		}
	}
	assert_int_equal(c.step, COMPARISON_IDLE);
}

void expect_right(void)
{
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i].held && !w.p[i].stored && !w.p[i].twin && !w.p[i].unread &&
		    w.p[i].time <= c.complete_to &&
		    ((w.fails == 0 && c.gap_from == GHI_CIVIL_NONE) ||
		     w.p[i].time >= COMPARISON_MODERN))
			fail_msg("%lld is missing, complete up to %lld by %lld; it does not "
				 "know %x, %d of "
				 "1000 queries are lost, %lld more are counted",
				 (long long)w.p[i].time, (long long)c.complete_to,
				 (long long)c.complete_by, w.refuses, w.queries_lost,
				 (long long)w.more);
}

void days_make(int64_t days, unsigned lost_in_thousand)
{
	for (int64_t d = 0; d < days; d++)
		for (int k = 0; k < 8; k++)
			punch_add(civil_at(d, 28800 + k * 600), true,
				  world_chance(1000) >= lost_in_thousand);
}
