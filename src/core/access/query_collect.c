#include "core/access/query_collect.h"

#include "core/access/unit_count.h"

#define QUERY_AGE_MS ((int64_t)QUERY_HOURS * 3600 * 1000)
#define ROOM_TURNS 64 /* older sets that make room for one packet */

struct query_command {
	int64_t device, sent_ms;
	enum command_nature nature;
	char count[UNIT_COUNT_KEY]; /* what it counts; empty: it is no such command */
};

static bool query_command_note(void *ctx, const struct command *c)
{
	struct query_command *q = ctx;

	*q = (struct query_command){ c->device, c->sent_ms, command_kind_row(c->kind)->nature,
				     "" };
	if (!unit_count_key(c, q->count))
		q->count[0] = '\0';
	return true;
}

/* A command of this unit that was given to it of late, and that is a question, or has words that are not known. */
static enum gh_err query_is_open(const struct store_ops *ops, struct store *s, int64_t device,
				 const struct query_arrival *a, struct query_command *q,
				 bool *open)
{
	enum gh_err err = a->packet.command ? ops->command_find(s, a->packet.command,
								query_command_note, q)
					    : GH_ENOTFOUND;

	*open = err == GH_OK && q->device == device && q->sent_ms &&
		a->now_ms - q->sent_ms <= QUERY_AGE_MS &&
		(q->nature == COMMAND_NATURE_QUESTION || q->nature == COMMAND_NATURE_UNKNOWN);
	return err == GH_ENOTFOUND ? GH_OK : err;
}

#define TABLE_BYTES 64 /* of a table's name */

/* A set with the memory of its table. */
struct query_found {
	struct query_set set;
	uint8_t table[TABLE_BYTES];
};

static void query_table_set(struct query_found *f, gh_slice table)
{
	if (table.n > TABLE_BYTES)
		table.n = TABLE_BYTES;
	if (table.n)
		memcpy(f->table, table.p, table.n);
	f->set.table = (gh_slice){ f->table, table.n };
}

static bool query_set_note(void *ctx, const struct query_set *set)
{
	struct query_found *f = ctx;

	f->set = *set;
	query_table_set(f, set->table);
	return true;
}

static enum gh_err query_set_begin(const struct store_ops *ops, struct store *s, int64_t device,
				   const struct query_arrival *a, struct query_found *found)
{
	struct query_set *set = &found->set;
	enum gh_err err = ops->query_set_find(s, a->packet.command, query_set_note, found);

	if (err == GH_ENOTFOUND) {
		*set = (struct query_set){ .command = a->packet.command,
					   .device = device,
					   .counted = -1 };
		err = GH_OK;
	}
	query_table_set(found, a->table);
	set->changed_ms = a->now_ms;
	if (err || a->counted >= 0 || set->packets == a->packets)
		return err;
	/* The unit parts its answer otherwise: what came before belongs to another one. */
	if (set->stored)
		err = ops->query_packets_clear(s, set->command);
	set->stored = set->bytes = 0;
	set->packets = a->packets;
	set->state = QUERY_INCOMPLETE;
	set->mirrored = false;
	return err;
}

/* The packet of that number, as it came before. */
struct query_before {
	const struct query_packet *now;
	bool there, same;
	size_t n;
};

static bool query_before_note(void *ctx, const struct query_packet *p)
{
	struct query_before *b = ctx;

	b->there = p->number == b->now->number;
	b->same = b->there && p->packed == b->now->packed && gh_slice_eq(p->body, b->now->body);
	b->n = b->there ? p->body.n : 0;
	return false;
}

static enum gh_err query_oldest_drop(const struct store_ops *ops, struct store *s,
				     int64_t command)
{
	struct query_found found;
	enum gh_err err = ops->query_set_find(s, command, query_set_note, &found);

	if (err)
		return err;
	found.set.state = QUERY_TRUNCATED;
	found.set.stored = found.set.bytes = 0;
	found.set.mirrored = true;
	err = ops->query_packets_clear(s, command);
	return err ? err : ops->query_set_put(s, &found.set);
}

/* The oldest sets of the unit make room. *fits: there is enough. */
static enum gh_err query_room_make(const struct store_ops *ops, struct store *s,
				   const struct query_set *set, int64_t more, bool *fits)
{
	enum gh_err err = GH_OK;
	int64_t held, oldest;

	*fits = false;
	for (int i = 0; i < ROOM_TURNS && err == GH_OK && !*fits; i++) {
		err = ops->query_held(s, set->device, set->command, &held, &oldest);
		*fits = held + more <= QUERY_DEVICE_BYTES_MAX;
		if (err || *fits || oldest == 0)
			break;
		err = query_oldest_drop(ops, s, oldest);
	}
	return err;
}

static enum gh_err query_packet_keep(const struct store_ops *ops, struct store *s,
				     const struct query_arrival *a, struct query_set *set,
				     enum query_collected *what)
{
	struct query_before before = { .now = &a->packet };
	enum gh_err err = ops->query_packets_scan(s, set->command, a->packet.number - 1, 1,
						  query_before_note, &before);
	int64_t more = (int64_t)a->packet.body.n - (int64_t)before.n;
	bool fits;

	if (err || before.same)
		return err;
	fits = set->bytes + more <= QUERY_BYTES_MAX;
	if (fits)
		err = query_room_make(ops, s, set, more, &fits);
	if (err == GH_OK && !fits) {
		set->state = QUERY_TRUNCATED;
		*what = QUERY_OVER;
		return ops->query_set_put(s, set);
	}
	set->bytes += more;
	set->stored += !before.there;
	set->mirrored = false;
	if (set->stored == set->packets) {
		set->state = QUERY_COMPLETE;
		*what = QUERY_WHOLE;
	}
	if (err == GH_OK)
		err = ops->query_packet_put(s, &a->packet);
	return err ? err : ops->query_set_put(s, set);
}

enum gh_err query_collect(const struct store_ops *ops, struct store *s, int64_t device,
			  const struct query_arrival *a, enum query_collected *what)
{
	struct query_found found;
	struct query_set *set = &found.set;
	struct query_command q = { 0 };
	bool open;
	enum gh_err err = query_is_open(ops, s, device, a, &q, &open);

	*what = QUERY_IGNORED;
	if (err || !open)
		return err;
	err = query_set_begin(ops, s, device, a, &found);
	if (err)
		return err;
	*what = QUERY_KEPT;
	/* A count is no part of the answer to a query. */
	if (a->counted >= 0 && set->packets)
		return GH_OK;
	if (a->counted >= 0) {
		set->counted = a->counted;
		set->state = QUERY_COMPLETE;
		set->mirrored = true;
		err = ops->query_set_put(s, set);
		if (err || q.count[0] == '\0')
			return err;
		*what = QUERY_COUNTED;
		return unit_counted(ops, s, device, gh_slice_of(q.count), a->counted, a->events,
				    a->now_ms);
	}
	if (a->packets > QUERY_PACKETS_MAX)
		set->state = QUERY_TRUNCATED;
	if (set->state == QUERY_TRUNCATED) {
		*what = QUERY_OVER;
		return ops->query_set_put(s, set);
	}
	return query_packet_keep(ops, s, a, set, what);
}

/* Units were seen to send nothing of these, whatever they have. */
static bool query_table_is_of_pictures(gh_slice table)
{
	return gh_slice_ieq(table, GH_LIT("biophoto")) ||
	       gh_slice_ieq(table, GH_LIT("userpic"));
}

enum gh_err query_answered(const struct store_ops *ops, struct store *s,
			   const struct command *c, gh_slice table, int64_t now_ms)
{
	struct query_found found;
	enum gh_err err = ops->query_set_find(s, c->id, query_set_note, &found);
	bool pictures = query_table_is_of_pictures(table);
	bool nothing = c->return_code == 0 || pictures;

	if (err != GH_ENOTFOUND)
		return err;
	found.set = (struct query_set){
		.command = c->id,
		.device = c->device,
		.state = nothing ? QUERY_NO_BODY : QUERY_INCOMPLETE,
		.counted = -1,
		.changed_ms = now_ms,
		/* That it has no rows is for the mirror; that it sends none is not. */
		.mirrored = nothing && pictures,
	};
	query_table_set(&found, table);
	return ops->query_set_add(s, &found.set);
}
