#include "sim/access/outbox.h"

#include <stdio.h>

static void acc_post_free(struct acc_post *p)
{
	g_free(p->endpoint);
	g_free(p->query);
	g_byte_array_unref(p->body);
	g_free(p);
}

struct acc_post *acc_outbox_add(struct acc_outbox *o, enum acc_post_kind kind,
				const char *endpoint, const char *query, gh_slice body)
{
	struct acc_post *p;

	if (o->posts.length >= ACC_OUTBOX_MAX || body.n > ACC_OUTBOX_BYTES - o->bytes)
		return NULL;
	p = g_new(struct acc_post, 1);
	*p = (struct acc_post){ .kind = kind,
				.endpoint = g_strdup(endpoint),
				.query = g_strdup(query),
				.body = g_byte_array_sized_new((guint)body.n) };
	if (body.n)
		g_byte_array_append(p->body, body.p, (guint)body.n);
	o->bytes += body.n;
	g_queue_push_tail(&o->posts, p);
	return p;
}

bool acc_outbox_result(struct acc_outbox *o, gh_slice line, const struct acc_post *in_flight)
{
	enum { BODY_MAX = 65536 };
	struct acc_post *last = g_queue_peek_tail(&o->posts);

	if (last == NULL || last == in_flight || last->kind != ACC_POST_RESULT ||
	    last->body->len + line.n > BODY_MAX) {
		last = acc_outbox_add(o, ACC_POST_RESULT, "devicecmd", "", line);
		if (last == NULL)
			return false;
	} else {
		g_byte_array_append(last->body, (const guint8 *)"\n", 1);
		g_byte_array_append(last->body, line.p, (guint)line.n);
		o->bytes += line.n + 1;
	}
	last->answers++;
	return true;
}

void acc_outbox_drop(struct acc_outbox *o, const char *query)
{
	GList *next;

	for (GList *at = o->posts.head; at; at = next) {
		struct acc_post *p = at->data;

		next = at->next;
		if (strcmp(p->query, query) != 0)
			continue;
		o->bytes -= p->body->len;
		g_queue_delete_link(&o->posts, at);
		acc_post_free(p);
	}
}

struct acc_post *acc_outbox_head(const struct acc_outbox *o)
{
	return o->posts.head ? o->posts.head->data : NULL;
}

void acc_outbox_next(struct acc_outbox *o)
{
	struct acc_post *p = g_queue_pop_head(&o->posts);

	o->bytes -= p->body->len;
	acc_post_free(p);
}

void acc_outbox_clear(struct acc_outbox *o)
{
	while (o->posts.head)
		acc_outbox_next(o);
}
