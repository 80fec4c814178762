#include "store/sql/sql.h"

struct sql_text {
	const char *text, *locks;
};

static const struct sql_text text_of[SQL_STATEMENTS] = {
#define STATEMENT(NAME, locks, text) [SQL_##NAME] = { text, locks },
#include "store/sql/statement.def"
#undef STATEMENT
};

static struct sql_call call_start(struct sql *c, enum sql_id id, gh_slice text,
				  const char *locks)
{
	struct sql_call q = { .c = c, .id = id };

	c->engine->start(&q, text, locks);
	return q;
}

struct sql_call sql_call(struct sql *c, enum sql_id id)
{
	const struct sql_text *t = &text_of[id];
	gh_slice text = { 0 };

	if (!c->known[id])
		text = gh_slice_of(t->text);
	return call_start(c, id, text, t->locks);
}

struct sql_call sql_call_made(struct sql *c, enum sql_id id, gh_slice text)
{
	return call_start(c, id, text, "");
}

struct sql_call sql_call_once(struct sql *c, gh_slice text)
{
	return call_start(c, SQL_ONCE, text, "");
}

struct sql_call sql_call_locking(struct sql *c, gh_slice text, const char *locks)
{
	return call_start(c, SQL_ONCE, text, locks);
}

enum gh_err sql_run_found(struct sql_call *q)
{
	q->must_change = true;
	return sql_run(q);
}

enum gh_err sql_run_counted(struct sql_call *q, size_t *n)
{
	q->changed = n;
	return sql_run(q);
}

enum gh_err sql_run_insert(struct sql_call *q, int64_t *id)
{
	q->new_id = id;
	return sql_run(q);
}

enum gh_err sql_run_adding(struct sql_call *q, struct row_count_key of)
{
	q->counts = COUNTS_ADDED;
	q->counted = of;
	return sql_run(q);
}

enum gh_err sql_run_removing(struct sql_call *q, uint8_t of, size_t *n)
{
	q->counts = COUNTS_REMOVED;
	q->counted.of = of;
	return sql_run_counted(q, n);
}
