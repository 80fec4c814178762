/* Templates and photos of the roster in the target of a device, and those that a device alone has. */
#include "core/sync_gather_private.h"

#include "model/credential.h"

/* --- in the target --- */

struct credentials_merge {
	struct gathering *g;
	const struct sync_item *people;
	size_t at, n;
	struct sync_item *item;
	int64_t *owner;
	size_t items, items_room, owners_room;
};

static void merge_put(struct credentials_merge *m, struct sync_item item, int64_t person)
{
	struct gathering *g = m->g;

	m->item = sync_gathering_room(g, m->item, m->items, &m->items_room, sizeof(*m->item));
	m->owner =
		sync_gathering_room(g, m->owner, m->items, &m->owners_room, sizeof(*m->owner));
	if (m->item == NULL || m->owner == NULL)
		return;
	m->item[m->items] = item;
	m->owner[m->items++] = person;
}

static bool merge_see(void *ctx, const struct credential_row *row)
{
	struct credentials_merge *m = ctx;
	struct gathering *g = m->g;
	struct sync_item item;
	union model_record record;

	for (; m->at < m->n && g->err == GH_OK; m->at++) {
		if (sync_pin_order(sync_item_name(&m->people[m->at]), row->pin) > 0)
			break;
		merge_put(m, m->people[m->at], g->person[m->at]);
	}
	/* Of a person who is not to be there, or of another namespace. */
	if (g->err || m->items == 0 || m->owner[m->items - 1] != row->credential->people)
		return g->err == GH_OK;
	item = (struct sync_item){ .kind = credential_as_record(row, &record),
				   .digest = ghi_arena_copy(&g->out->arena, row->digest) };
	item.record = sync_record_copy(g, item.kind, &record);
	if (item.record)
		merge_put(m, item, row->credential->people);
	return g->err == GH_OK;
}

void sync_credentials_merge(struct gathering *g, const int64_t *area, size_t areas)
{
	struct sync_given *out = g->out;
	const struct credentials_of of = { .area = area, .areas = areas };
	struct credentials_merge m = { .g = g, .people = out->target, .n = out->input.targets };
	enum gh_err err = g->server->db.ops->credentials_read(g->reader, &of, merge_see, &m);

	g->err = g->err ? g->err : err;
	for (; m.at < m.n && g->err == GH_OK; m.at++)
		merge_put(&m, m.people[m.at], g->person[m.at]);
	out->target = m.item;
	out->owner = m.owner;
	out->input.target = m.item;
	out->input.targets = m.items;
}

/* --- what a device alone has --- */

struct digests {
	struct gathering *g;
	gh_slice *of;
	size_t n, room;
};

static bool digest_see(void *ctx, const struct credential_row *row)
{
	struct digests *l = ctx;

	l->of = sync_gathering_room(l->g, l->of, l->n, &l->room, sizeof(*l->of));
	if (l->of)
		l->of[l->n++] = ghi_arena_copy(&l->g->out->arena, row->digest);
	return l->of != NULL;
}

static const struct sync_person *sync_person_of_pin(const struct sync_person *p, size_t n,
						    gh_slice pin)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sync_pin_order(p[middle].record.pin, pin) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && gh_slice_eq(p[low].record.pin, pin) ? &p[low] : NULL;
}

/* Enrolled there: not put there from here, and no picture for people. */
static bool held_is_enrolled(const struct sync_item *i)
{
	return !i->ours && i->digest.n &&
	       (i->kind == KIND_TEMPLATE ||
		(i->kind == KIND_PHOTO &&
		 credential_form_of(i->kind, i->record) != FORM_USER_PHOTO));
}

/* Whether each template that the device has of the person at `at` is in the roster. */
static bool leaving_is_safe(struct gathering *g, size_t at, const struct sync_person *p)
{
	const struct credentials_of of = { .people = p->id };
	struct digests l = { .g = g };
	bool read = false;

	for (size_t i = at + 1; i < g->rows && sync_item_is_of_person(&g->row[i].item) &&
				g->row[i].item.kind != KIND_PERSON;
	     i++) {
		const struct sync_item *held = &g->row[i].item;
		bool there = false;

		if (!held_is_enrolled(held))
			continue;
		if (!read) {
			enum gh_err err = g->server->db.ops->credentials_read(g->reader, &of,
									      digest_see, &l);

			g->err = g->err ? g->err : err;
			read = true;
		}
		for (size_t k = 0; k < l.n && !there; k++)
			there = gh_slice_eq(l.of[k], held->digest);
		if (!there)
			return false;
	}
	return true;
}

void sync_leaving_keep(struct gathering *g, const struct sync_person *p, size_t n)
{
	for (size_t i = 0; i < g->rows && g->err == GH_OK; i++) {
		struct sync_item *held = &g->out->held[i];
		const struct sync_person *person;

		if (held->kind != KIND_PERSON || !held->ours || g->row[i].target || held->stays)
			continue;
		person = sync_person_of_pin(p, n, sync_item_name(held));
		if (person && !leaving_is_safe(g, i, person))
			held->stays = SYNC_ONLY_COPY;
	}
}
