#include "sim/attendance/query.h"

#include "sim/attendance/command.h"
#include "sim/attendance/request.h"

#define BODY_AIM (32u << 10)

static gh_slice query_copy(gh_slice s)
{
	return (gh_slice){ g_memdup2(s.p, s.n), s.n };
}

void query_end(struct sim_device *d)
{
	g_free((void *)(uintptr_t)d->query.keys.p);
	g_free((void *)(uintptr_t)d->query.answer.p);
	d->query = (struct sim_query){ 0 };
}

void query_times(struct sim_device *d, enum stream_id s, ghi_civil begin, ghi_civil end,
		 gh_slice answer)
{
	query_end(d);
	d->query = (struct sim_query){ .active = true,
				       .stream = s,
				       .table = TABLES,
				       .begin = begin,
				       .end = end,
				       .answer = query_copy(answer) };
}

void query_table(struct sim_device *d, enum table_id t, gh_slice keys, gh_slice answer)
{
	query_end(d);
	d->query = (struct sim_query){ .active = true,
				       .stream = t == TABLE_BIODATA  ? STREAM_BIODATA
						 : t == TABLE_IDCARD ? STREAM_IDCARD
								     : STREAM_OPERLOG,
				       .table = t,
				       .keys = query_copy(keys),
				       .answer = query_copy(answer) };
}

static bool query_in_time(const struct sim_device *d, uint32_t index, ghi_civil begin,
			  ghi_civil end)
{
	struct punches_text text;
	struct punch punch;

	if (index < d->cursor[STREAM_ATTLOG].first)
		return false;
	stream_punch(d, index, &punch, &text);
	return punch.time >= begin && punch.time <= end;
}

uint32_t query_count(const struct sim_device *d, ghi_civil begin, ghi_civil end)
{
	uint32_t n = 0, all = stream_end(d, STREAM_ATTLOG);

	for (uint32_t i = d->cursor[STREAM_ATTLOG].first; i < all; i++)
		n += stream_holds(d, STREAM_ATTLOG, i) && query_in_time(d, i, begin, end);
	return n;
}

/* Candidates are first the items of the start, person by person, then the changed contents. */
struct candidates {
	struct item item[ITEMS_LIMIT];
	size_t items;
	uint32_t of_start;
};

static struct candidates candidates_of(const struct sim_device *d)
{
	struct candidates c = { 0 };
	enum stream_id s = d->query.stream;

	c.items = items_of(d->persona,
			   s == STREAM_BIODATA	? ITEMS_BIODATA
			   : s == STREAM_IDCARD ? ITEMS_IDCARD
						: ITEMS_OPERLOG,
			   c.item);
	c.of_start = d->plan->users * (uint32_t)c.items;
	return c;
}

/* Write candidate `at` when it matches. false: there are no more. */
static bool query_item_put(struct sim_device *d, const struct candidates *c, uint32_t at,
			   struct ghi_writer *w, struct items_text *text)
{
	const struct sim_query *q = &d->query;
	const struct contents_record *one;
	char room[96];

	if (at < c->of_start) {
		struct item item = c->item[at % c->items];
		uint32_t user = at / (uint32_t)c->items;
		gh_slice keys = items_keys(d->plan, d->persona, item, user, room, sizeof(room));

		if (item.table == q->table && items_has(d->plan, item, user) &&
		    table_same(q->table, keys, q->keys) &&
		    !sim_contents_hides(&d->contents, q->table, keys))
			items_write(w, d->plan, d->persona, item, user, d->plan->start_s, text);
		return true;
	}
	one = sim_contents_at(&d->contents, at - c->of_start);
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
static void query_fill(struct sim_device *d, struct ghi_writer *w, struct items_text *text)
{
	struct sim_query *q = &d->query;
	struct candidates c = candidates_of(d);
	bool times = q->table == TABLES;
	uint32_t limit = q->stream == STREAM_ATTPHOTO ? 1 : d->batch, end = UINT32_MAX;

	if (times)
		end = stream_end(d, STREAM_ATTLOG);
	else if (tables[q->table].at_once)
		limit = tables[q->table].at_once;
	q->records = 0;
	for (q->to = q->at; q->to < end && q->records < limit && w->n < BODY_AIM; q->to++) {
		size_t before = w->n;

		if (!times) {
			if (!query_item_put(d, &c, q->to, w, text))
				break;
		} else if (query_in_time(d, q->to, q->begin, q->end) &&
			   stream_holds(d, q->stream, q->to)) {
			stream_write(w, d, q->stream, q->to, text);
		}
		q->records += w->n > before;
	}
}

bool query_next(struct sim_device *d, struct sim_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->body, sizeof(scratch->body));
	struct ghi_writer q = ghi_writer_on(scratch->query, sizeof(scratch->query));
	bool old = !d->has_server_version && !d->persona->push_version;
	bool photo = d->query.stream == STREAM_ATTPHOTO;

	query_fill(d, &w, &scratch->text);
	if (d->query.records == 0) {
		d->answers += sim_command_put(d, d->query.answer);
		d->statistics->results++;
		query_end(d);
		return false;
	}
	ghi_put(&q, GH_LIT("&table="));
	ghi_put(&q, gh_slice_of(streams[d->query.stream].table));
	ghi_put_u8(&q, '&');
	ghi_put(&q, gh_slice_of(old ? streams[d->query.stream].old_parameter : "Stamp"));
	ghi_put(&q, GH_LIT("=0"));
	request_to(d, photo && (old || d->persona->quirk & QUIRK_FDATA) ? "fdata" : "cdata",
		   ghi_written(&q), ghi_written(&w), scratch, out);
	d->in_flight = REQUEST_QUERY;
	return true;
}

void query_acknowledged(struct sim_device *d)
{
	d->statistics->queried += d->query.records;
	d->query.at = d->query.to;
}
