/* POST /api/discover: the terminals of a subnet. Each call searches again, so a further
 * page has what is found then. */
#include "api/found_list.h"
#include "api/list.h"

/* In the request's arena. */
struct search {
	struct call *c;
	struct list_question q;
	enum gh_err err;
};

static void search_fail(struct call *c, enum gh_err err)
{
	if (err == GH_EINVALID)
		call_fail_field(c, ERROR_field_invalid, "subnet",
				"must be an IPv4 network such as 192.168.1.0/24");
	else if (err == GH_ETOOBIG)
		call_fail_field(c, ERROR_subnet_too_big, "subnet",
				"may have 1024 addresses at the most (/22)");
	else
		call_fail_err(c, err);
}

/* On the listener's thread. */
static void search_answer(void *ctx)
{
	struct search *s = ctx;

	if (s->err)
		search_fail(s->c, s->err);
	else
		list_answer(s->c, &s->q);
	/* A file that is being sent holds it too. */
	found_list_unref(s->q.found);
}

static void search_done(void *ctx, enum gh_err err, const struct terminal_found *row, size_t n)
{
	struct search *s = ctx;

	s->err = err;
	if (err == GH_OK) {
		s->q.found = found_list_new(row, n);
		s->err = s->q.found ? GH_OK : GH_ENOMEM;
	}
	http_resume_with(s->c->r, search_answer, s);
}

void handle_discover(struct call *c)
{
	const struct terminals *t = call_terminals(c);
	struct search *s;

	if (t == NULL)
		return;
	s = ghi_arena_alloc(call_arena(c), sizeof(*s));
	if (s == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	s->c = c;
	if (!list_question_read(c, &s->q))
		return;
	http_defer(c->r);
	enum gh_err err = t->ops->discover(t->self, body_find(c->body, GH_LIT("subnet"))->s,
					   search_done, s);
	if (err)
		search_done(s, err, NULL, 0);
}
