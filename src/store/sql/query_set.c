/* The packets with which access units answer queries. */
#include "store/sql/sql_store.h"

static enum gh_err query_set_store(struct store *s, enum sql_id statement,
				   const struct query_set *set)
{
	enum gh_err err = sql_for_device(s, set->device);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, statement);

	sql_put_int(&q, set->command);
	sql_put_int(&q, set->device);
	sql_put_text(&q, set->table);
	sql_put_int(&q, set->state);
	sql_put_int(&q, set->packets);
	sql_put_int(&q, set->stored);
	sql_put_int(&q, set->bytes);
	sql_put_int(&q, set->counted);
	sql_put_int(&q, set->changed_ms);
	sql_put_int(&q, set->mirrored);
	return sql_run(&q);
}

enum gh_err sql_query_set_put(struct store *s, const struct query_set *set)
{
	return query_set_store(s, SQL_QUERY_SET_PUT, set);
}

enum gh_err sql_query_set_add(struct store *s, const struct query_set *set)
{
	return query_set_store(s, SQL_QUERY_SET_ADD, set);
}

enum gh_err sql_query_set_mirrored(struct store *s, int64_t command, int64_t changed_ms)
{
	struct sql_call q = sql_call(s->sql, SQL_QUERY_SET_MIRRORED);

	sql_put_int(&q, command);
	sql_put_int(&q, changed_ms);
	return sql_run(&q);
}

static struct query_set query_set_of(const struct sql_call *q)
{
	return (struct query_set){
		.command = sql_int(q, 0),
		.device = sql_int(q, 1),
		.table = sql_text(q, 2),
		.state = (enum query_state)sql_int(q, 3),
		.packets = sql_int(q, 4),
		.stored = sql_int(q, 5),
		.bytes = sql_int(q, 6),
		.counted = sql_int(q, 7),
		.changed_ms = sql_int(q, 8),
		.mirrored = sql_int(q, 9) != 0,
	};
}

static enum gh_err query_set_one(struct sql *c, int64_t command, store_query_set_fn *fn,
				 void *ctx)
{
	struct sql_call q = sql_call(c, SQL_QUERY_SET_FIND);
	bool found;

	sql_put_int(&q, command);
	found = sql_next(&q);
	if (found) {
		struct query_set set = query_set_of(&q);

		(void)fn(ctx, &set);
	}
	enum gh_err err = sql_end(&q);

	return err ? err : found ? GH_OK : GH_ENOTFOUND;
}

enum gh_err sql_query_set_find(struct store *s, int64_t command, store_query_set_fn *fn,
			       void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : query_set_one(s->sql, command, fn, ctx);
}

enum gh_err sql_query_set_get(struct store_reader *r, int64_t command, store_query_set_fn *fn,
			      void *ctx)
{
	return query_set_one(r->sql, command, fn, ctx);
}

static enum gh_err query_sets_show(struct sql_call *q, store_query_set_fn *fn, void *ctx)
{
	while (sql_next(q)) {
		struct query_set set = query_set_of(q);

		if (!fn(ctx, &set))
			break;
	}
	return sql_end(q);
}

enum gh_err sql_query_sets_due(struct store_reader *r, int64_t after, int64_t limit,
			       store_query_set_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_QUERY_SETS_DUE);

	sql_put_int(&q, after);
	sql_put_int(&q, limit);
	return query_sets_show(&q, fn, ctx);
}

enum gh_err sql_query_sets_taken(struct store *s, int64_t device, int64_t after,
				 int64_t sent_ms, store_query_set_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_QUERY_SETS_TAKEN);

	sql_put_int(&q, device);
	sql_put_int(&q, after);
	sql_put_int(&q, device);
	sql_put_int(&q, after);
	sql_put_int(&q, sent_ms);
	return query_sets_show(&q, fn, ctx);
}

enum gh_err sql_query_packet_put(struct store *s, const struct query_packet *p)
{
	struct sql_call q = sql_call(s->sql, SQL_QUERY_PACKET_PUT);

	sql_put_int(&q, p->command);
	sql_put_int(&q, p->number);
	sql_put_int(&q, p->packed);
	sql_put_blob(&q, p->body);
	return sql_run(&q);
}

static struct query_packet query_packet_of(const struct sql_call *q)
{
	return (struct query_packet){
		.command = sql_int(q, 0),
		.number = sql_int(q, 1),
		.packed = sql_int(q, 2) != 0,
		.body = sql_text(q, 3),
	};
}

static enum gh_err query_packets(struct sql *c, int64_t command, int64_t after, int64_t limit,
				 store_query_packet_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(c, SQL_QUERY_PACKETS);

	sql_put_int(&q, command);
	sql_put_int(&q, after);
	sql_put_int(&q, limit);
	while (sql_next(&q)) {
		struct query_packet p = query_packet_of(&q);

		if (!fn(ctx, &p))
			break;
	}
	return sql_end(&q);
}

enum gh_err sql_query_packets_scan(struct store *s, int64_t command, int64_t after,
				   int64_t limit, store_query_packet_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : query_packets(s->sql, command, after, limit, fn, ctx);
}

enum gh_err sql_query_packets_read(struct store_reader *r, int64_t command, int64_t after,
				   int64_t limit, store_query_packet_fn *fn, void *ctx)
{
	return query_packets(r->sql, command, after, limit, fn, ctx);
}

enum gh_err sql_query_packets_clear(struct store *s, int64_t command)
{
	struct sql_call q = sql_call(s->sql, SQL_QUERY_PACKETS_CLEAR);

	sql_put_int(&q, command);
	return sql_run(&q);
}

enum gh_err sql_query_held(struct store *s, int64_t device, int64_t but, int64_t *bytes,
			   int64_t *oldest)
{
	enum gh_err err = sql_settle(s->sql);

	*bytes = *oldest = 0;
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_QUERY_HELD);

	sql_put_int(&q, device);
	sql_put_int(&q, device);
	sql_put_int(&q, but);
	if (sql_next(&q)) {
		*bytes = sql_int(&q, 0);
		*oldest = sql_int(&q, 1);
	}
	return sql_end(&q);
}
