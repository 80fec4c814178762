#include "sim/attendance/query.h"

#include "sim/attendance/order.h"
#include "sim/attendance/request.h"

#define BODY_AIM (32u << 10)

static gh_slice copy(gh_slice s)
{
	return (gh_slice){ g_memdup2(s.p, s.n), s.n };
}

void query_end(struct unit *u)
{
	g_free((void *)(uintptr_t)u->query.keys.p);
	g_free((void *)(uintptr_t)u->query.answer.p);
	u->query = (struct unit_query){ 0 };
}

void query_times(struct unit *u, enum stream_id s, ghi_civil begin, ghi_civil end,
		 gh_slice answer)
{
	query_end(u);
	u->query = (struct unit_query){ .active = true,
					.stream = s,
					.table = TABLES,
					.begin = begin,
					.end = end,
					.answer = copy(answer) };
}

void query_table(struct unit *u, enum table_id t, gh_slice keys, gh_slice answer)
{
	query_end(u);
	u->query = (struct unit_query){ .active = true,
					.stream = t == TABLE_BIODATA  ? STREAM_BIODATA
						  : t == TABLE_IDCARD ? STREAM_IDCARD
								      : STREAM_OPERLOG,
					.table = t,
					.keys = copy(keys),
					.answer = copy(answer) };
}

static bool in_time(const struct unit *u, uint32_t index, ghi_civil begin, ghi_civil end)
{
	struct punches_text text;
	struct punch punch;

	if (index < u->cursor[STREAM_ATTLOG].first)
		return false;
	stream_punch(u, index, &punch, &text);
	return punch.time >= begin && punch.time <= end;
}

uint32_t query_count(const struct unit *u, ghi_civil begin, ghi_civil end)
{
	uint32_t n = 0, all = stream_end(u, STREAM_ATTLOG);

	for (uint32_t i = u->cursor[STREAM_ATTLOG].first; i < all; i++)
		n += in_time(u, i, begin, end);
	return n;
}

/* Candidates are first the items of the start, person by person, then the holdings. */
struct candidates {
	struct item item[ITEMS_LIMIT];
	size_t items;
	uint32_t of_start;
};

static struct candidates candidates_of(const struct unit *u)
{
	struct candidates c = { 0 };
	enum stream_id s = u->query.stream;

	c.items = items_of(u->persona,
			   s == STREAM_BIODATA	? ITEMS_BIODATA
			   : s == STREAM_IDCARD ? ITEMS_IDCARD
						: ITEMS_OPERLOG,
			   c.item);
	c.of_start = u->plan->users * (uint32_t)c.items;
	return c;
}

/* Write candidate `at` when it matches. false: there are no more. */
static bool put_item(struct unit *u, const struct candidates *c, uint32_t at,
		     struct ghi_writer *w, struct items_text *text)
{
	const struct unit_query *q = &u->query;
	const struct holding *one;
	char room[96];

	if (at < c->of_start) {
		struct item item = c->item[at % c->items];
		uint32_t user = at / (uint32_t)c->items;
		gh_slice keys = items_keys(u->plan, u->persona, item, user, room, sizeof(room));

		if (item.table == q->table && items_has(u->plan, item, user) &&
		    table_same(q->table, keys, q->keys) &&
		    !holdings_hide(&u->holdings, q->table, keys))
			items_write(w, u->plan, u->persona, item, user, u->plan->start_s, text);
		return true;
	}
	one = holdings_at(&u->holdings, at - c->of_start);
	if (one == NULL)
		return false;
	if (!one->gone && one->table == q->table && table_same(q->table, one->pairs, q->keys)) {
		ghi_put(w, gh_slice_of(tables[one->table].tag));
		ghi_put_u8(w, ' ');
		ghi_put(w, one->pairs);
		ghi_put_u8(w, '\n');
	}
	return true;
}

/* One upload's worth of records; q->to is where the next begins. */
static void fill(struct unit *u, struct ghi_writer *w, struct items_text *text)
{
	struct unit_query *q = &u->query;
	struct candidates c = candidates_of(u);
	bool times = q->table == TABLES;
	uint32_t limit = q->stream == STREAM_ATTPHOTO ? 1 : u->batch, end = UINT32_MAX;

	if (times)
		end = stream_end(u, STREAM_ATTLOG);
	else if (tables[q->table].at_once)
		limit = tables[q->table].at_once;
	q->records = 0;
	for (q->to = q->at; q->to < end && q->records < limit && w->n < BODY_AIM; q->to++) {
		size_t before = w->n;

		if (!times) {
			if (!put_item(u, &c, q->to, w, text))
				break;
		} else if (in_time(u, q->to, q->begin, q->end) &&
			   stream_holds(u, q->stream, q->to)) {
			stream_write(w, u, q->stream, q->to, text);
		}
		q->records += w->n > before;
	}
}

bool query_next(struct unit *u, struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	bool old = !u->has_server_version && !u->persona->push_version;
	bool photo = u->query.stream == STREAM_ATTPHOTO;

	fill(u, &w, &scratch->text);
	if (u->query.records == 0) {
		u->answers += order_put(u, u->query.answer);
		u->account->results++;
		query_end(u);
		return false;
	}
	ghi_put(&q, GH_LIT("&table="));
	ghi_put(&q, gh_slice_of(streams[u->query.stream].table));
	ghi_put_u8(&q, '&');
	ghi_put(&q, gh_slice_of(old ? streams[u->query.stream].old_parameter : "Stamp"));
	ghi_put(&q, GH_LIT("=0"));
	request_to(u, photo && (old || u->persona->quirk & QUIRK_FDATA) ? "fdata" : "cdata",
		   ghi_written(&q), ghi_written(&w), scratch, out);
	u->asked = ASK_QUERY;
	return true;
}

void query_acknowledged(struct unit *u)
{
	u->account->queried += u->query.records;
	u->query.at = u->query.to;
}
