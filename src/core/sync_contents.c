/* The bytes of templates and photos, read for those that are ordered or wait: a plan is made of their hashes. */
#include "core/sync_gather_private.h"

#include "model/credential.h"

static gh_slice *item_content(const struct sync_item *i, size_t *field)
{
	void *record = (void *)(uintptr_t)i->record;

	*field = i->kind == KIND_PHOTO ? (size_t)PHOTO_content : (size_t)TEMPLATE_data;
	return i->kind == KIND_PHOTO ? &((struct photo *)record)->content
				     : &((struct template *)record)->data;
}

bool sync_item_is_whole(const struct sync_item *i)
{
	size_t field;

	return (i->kind != KIND_TEMPLATE && i->kind != KIND_PHOTO) ||
	       item_content(i, &field)->n;
}

struct contents_load {
	struct sync_given *given;
	size_t from, to; /* the items of the person */
	size_t bytes;
};

static bool content_see(void *ctx, const struct credential_row *row)
{
	struct contents_load *l = ctx;
	size_t field;

	for (size_t i = l->from; i < l->to; i++) {
		const struct sync_item *item = &l->given->target[i];
		gh_slice *content;

		if (sync_item_is_whole(item) || !gh_slice_eq(item->digest, row->digest))
			continue;
		content = item_content(item, &field);
		*content = ghi_arena_copy(&l->given->arena, row->content);
		model_mark((void *)(uintptr_t)item->record, field);
		l->bytes += content->n;
	}
	return !l->given->arena.failed;
}

/* Of the person that the item is of. */
static enum gh_err contents_load(struct server *server, struct store_reader *reader,
				 struct sync_given *g, size_t target, size_t *bytes)
{
	const struct credentials_of of = { .people = g->owner[target], .contents = true };
	struct contents_load l = { .given = g, .from = target, .to = target + 1 };
	enum gh_err err;

	while (l.from > 0 && g->owner[l.from - 1] == of.people)
		l.from--;
	while (l.to < g->input.targets && g->owner[l.to] == of.people)
		l.to++;
	err = server->db.ops->credentials_read(reader, &of, content_see, &l);
	*bytes += l.bytes;
	return err == GH_OK && g->arena.failed ? GH_ENOMEM : err;
}

/* The first item of the target of a PIN; SYNC_NO_ITEM: there is none. */
static size_t target_of_pin(const struct sync_given *g, gh_slice pin)
{
	size_t low = 0, high = g->input.targets;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sync_pin_order(sync_item_name(&g->target[middle]), pin) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < g->input.targets && gh_slice_eq(sync_item_name(&g->target[low]), pin)
		       ? low
		       : SYNC_NO_ITEM;
}

enum gh_err sync_contents_of_waiting(struct server *server, struct store_reader *reader,
				     struct sync_given *g)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < g->input.waitings && err == GH_OK; i++) {
		const struct sync_waiting *w = &g->waiting[i];
		size_t at;
		gh_slice pin;
		bool removes;

		if (credential_form_of_command(w->kind, &removes) == CREDENTIAL_FORMS ||
		    removes || !command_argument(w->arguments, ARGUMENT_pin, &pin))
			continue;
		g->waiting_bytes += w->arguments.n;
		for (at = target_of_pin(g, pin); at < g->input.targets; at++)
			if (!sync_item_is_whole(&g->target[at]) ||
			    !gh_slice_eq(sync_item_name(&g->target[at]), pin))
				break;
		if (at < g->input.targets && gh_slice_eq(sync_item_name(&g->target[at]), pin))
			err = contents_load(server, reader, g, at, &g->waiting_bytes);
	}
	return err;
}

enum gh_err sync_contents_of_plan(struct server *server, struct store_reader *reader,
				  struct sync_given *g, const struct sync_plan *plan,
				  bool *loaded)
{
	enum gh_err err = GH_OK;
	size_t bytes = g->waiting_bytes, n = 0;

	*loaded = false;
	for (size_t i = 0; i < plan->orders && n < SYNC_CONTENT_ORDERS && err == GH_OK; i++) {
		size_t target = plan->order[i].target;

		if (target == SYNC_NO_ITEM || sync_item_is_whole(&g->target[target]))
			continue;
		if (bytes >= SYNC_CONTENT_BYTES)
			break;
		err = contents_load(server, reader, g, target, &bytes);
		*loaded = true;
		n++;
	}
	return err;
}
