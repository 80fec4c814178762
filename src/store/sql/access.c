#include "store/sql/access.h"

#include "store/sql/list.h"

#define ACCESS_EVENT_FIELD(member, json, type, flags) ", a." #member
const char access_fields[] = "a.seq, a.device, d.sn"
#include "model/access_event.def"
			     ", z.name";

struct access_event sql_access_of(const struct sql_call *q)
{
	struct access_event e = access_event_empty();

	e.seq = sql_int(q, 0);
	e.device = sql_int(q, 1);
	e.serial = sql_text(q, 2);
	for (enum access_event_field i = 0; i < ACCESS_EVENT_FIELDS; i++) {
		void *to = (uint8_t *)&e + access_event_field[i].offset;
		int column = 3 + (int)i;

		if (sql_null(q, column) || i == ACCESS_EVENT_zone)
			continue;
		if (access_field_is_text(i))
			*(gh_slice *)to = sql_text(q, column);
		else
			*(int64_t *)to = sql_int(q, column);
	}
	e.zone = sql_text(q, 3 + ACCESS_EVENT_FIELDS);
	return e;
}

enum gh_err sql_access_read(struct store_reader *r, const struct store_page *page,
			    store_access_fn *fn, void *ctx)
{
	struct sql_list l;

	sql_list_init(&l, GH_LIT("SELECT "));
	sql_list_more(&l, access_fields);
	sql_list_more(&l, ACCESS_FROM ACCESS_NAMES);
	if (page->pin.n)
		sql_list_text(&l, "a.pin = ?", page->pin);
	struct sql_call q = sql_list_call(r->sql, &l, page, "a.seq", "a.device");

	while (sql_next(&q)) {
		struct access_event e = sql_access_of(&q);

		if (!fn(ctx, &e))
			break;
	}
	return sql_end(&q);
}

#define FIND_MAX 32 /* events with the same number, after as many resets of a unit */

/* A distance that orders civil times, whatever their digits. */
static uint64_t civil_distance(ghi_civil a, ghi_civil b)
{
	return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

enum gh_err sql_access_find(struct store *s, int64_t device, int64_t record_index,
			    ghi_civil near, int64_t *seq)
{
	struct sql_call q = sql_call(s->sql, SQL_ACCESS_FIND);
	uint64_t best = UINT64_MAX;

	*seq = 0;
	sql_put_int(&q, device);
	sql_put_int(&q, record_index);
	/* Any time: without a range of it, SQLite reads all numbers of the device above 0. */
	sql_put_int(&q, 0);
	sql_put_int(&q, INT64_MAX);
	sql_put_int(&q, FIND_MAX);
	while (sql_next(&q)) {
		uint64_t distance =
			near == GHI_CIVIL_NONE ? 0 : civil_distance(sql_int(&q, 1), near);

		if (distance < best) {
			best = distance;
			*seq = sql_int(&q, 0);
		}
	}
	return sql_end(&q);
}

enum gh_err sql_access_epoch_advance(struct store *s, int64_t device)
{
	struct sql_call q = sql_call(s->sql, SQL_ACCESS_EPOCH);

	sql_put_int(&q, device);
	return sql_run(&q);
}

/* What is odd about the time is that of the event. */
#define TIME_FLAGS \
	(ACCESS_IMPOSSIBLE | ACCESS_GAP | ACCESS_OVERLAP | ACCESS_AHEAD | ACCESS_ANCIENT)

struct punch access_punch(const struct access_put *a)
{
	const struct access_event *e = &a->event;

	return (struct punch){
		.device = e->device,
		.pin = e->pin,
		.time = e->time,
		.status = a->punch_status,
		.verify = a->punch_verify,
		.zone = e->zone,
		.utc = e->utc,
		.received_ms = e->received_ms,
		.flags = (uint32_t)e->flags & TIME_FLAGS,
		.source = PUNCH_ACCESS,
	};
}

bool access_clock_steps(ghi_civil a, ghi_civil b)
{
	int64_t off = ghi_civil_to_seconds(a) - ghi_civil_to_seconds(b);

	return off != 0 && off % ACCESS_CLOCK_STEP_S == 0 && off >= -ACCESS_CLOCK_STEP_MAX &&
	       off <= ACCESS_CLOCK_STEP_MAX;
}

/* Times that no calendar has are as far from each other as their digits. */
#define CLOCK_DIGITS 3000000 /* three days */

ghi_civil access_clock_before(ghi_civil t)
{
	ghi_civil moved =
		ghi_civil_from_seconds(ghi_civil_to_seconds(t) - ACCESS_CLOCK_STEP_MAX);

	return moved < t - CLOCK_DIGITS ? moved : t - CLOCK_DIGITS;
}

ghi_civil access_clock_after(ghi_civil t)
{
	ghi_civil moved =
		ghi_civil_from_seconds(ghi_civil_to_seconds(t) + ACCESS_CLOCK_STEP_MAX);

	return moved > t + CLOCK_DIGITS ? moved : t + CLOCK_DIGITS;
}
