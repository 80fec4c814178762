/* Access events as rows: which columns they have, and how they are put and read. */
#ifndef GH_STORE_SQL_ACCESS_H
#define GH_STORE_SQL_ACCESS_H

#include "store/sql/sql_store.h"

/* The fields of model/access_event.def are the columns, in that order; of the zone its number is
 * stored, and read back behind the others is its name. */
extern const char access_fields[]; /* "a.seq, a.device, d.sn, a.unit …" */
#define ACCESS_WIDTH (3 + ACCESS_EVENT_FIELDS + 1)
#define ACCESS_FROM " FROM access_event a"
#define ACCESS_NAMES " LEFT JOIN device d ON d.id = a.device LEFT JOIN zone z ON z.id = a.zone"

/* Texts are borrowed until the next row. */
struct access_event sql_access_of(const struct sql_call *q);

/* What a field of an event is in the database: absent numbers and texts that are no part of a key are
 * NULL. Inline: of each event that comes all fields are looked at. */
static inline int64_t access_field_int(const struct access_event *e, enum access_event_field i)
{
	int64_t v;

	memcpy(&v, (const uint8_t *)e + access_event_field[i].offset, sizeof(v));
	return v;
}

static inline gh_slice access_field_text(const struct access_event *e,
					 enum access_event_field i)
{
	gh_slice s;

	memcpy(&s, (const uint8_t *)e + access_event_field[i].offset, sizeof(s));
	return s;
}

static inline bool access_field_is_text(enum access_event_field i)
{
	return i != ACCESS_EVENT_zone && access_event_field[i].type == MODEL_TEXT;
}

static inline bool access_field_is_null(const struct access_event *e, enum access_event_field i)
{
	const struct model_field *f = &access_event_field[i];

	if (i == ACCESS_EVENT_event || (f->flags & (MODEL_KEY | ACCESS_KEY_PLAIN)))
		return false;
	if (i == ACCESS_EVENT_utc)
		return e->utc == ACCESS_NO_UTC;
	if (f->flags & MODEL_OWN)
		return false;
	return access_field_is_text(i) ? access_field_text(e, i).n == 0
				       : access_field_int(e, i) == ACCESS_ABSENT;
}

/* Clear what putting it results in: a job may be run again. */
static inline void access_put_begin(struct access_event *e)
{
	e->seq = e->index_epoch = e->same_as = e->punch_seq = 0;
	e->flags &= ~(int64_t)ACCESS_SHIFTED;
}

/* The punch that is made of an event; its seq is 0. */
struct punch access_punch(const struct access_put *a);
/* Whether two civil times differ as a clock does that was set by whole quarters of an hour. */
bool access_clock_steps(ghi_civil a, ghi_civil b);
/* The first and the last time for which that may hold: of a unit whose numbers stand still all events have
 * the same one, and only those between are looked at. */
ghi_civil access_clock_before(ghi_civil t);
ghi_civil access_clock_after(ghi_civil t);

#endif
