/* What a device is to hold by the roster. */
#include "core/server_clock.h"
#include "core/sync_gather_private.h"

static void validity_note(struct gathering *g, const struct validity *v, ghi_civil now,
			  int64_t now_ms)
{
	ghi_civil next = v->from > now ? v->from : v->to >= now ? v->to : 0;
	int64_t at_ms;

	if (next == 0 || !ghi_civil_valid(next))
		return;
	at_ms = now_ms + (ghi_civil_to_seconds(next) - ghi_civil_to_seconds(now) +
			  (next == v->to ? 1 : 0)) *
				 1000;
	if (at_ms < g->out->until_ms)
		g->out->until_ms = at_ms;
}

static bool person_belongs(const struct sync_person *p, const int64_t *area, size_t areas)
{
	for (size_t i = 0; i < p->areas; i++)
		for (size_t k = 0; k < areas; k++)
			if (p->area[i] == area[k])
				return true;
	return false;
}

/* Who is not valid by a clock that is behind stays where they are; who is, does not come. */
static enum sync_reason person_stays(const struct gathering *g, const struct sync_person *p,
				     bool belongs)
{
	bool bounded = p->valid.from || p->valid.to;

	if (!belongs)
		return p->areas_unknown ? SYNC_AREAS : SYNC_FITS;
	return bounded && g->behind ? SYNC_CLOCK : SYNC_FITS;
}

/* What a device had of a person before the roster had them there, and the roster has nothing of, stays. */
static void target_merge(struct gathering *g, const struct sync_person *p,
			 struct sync_item *target)
{
	struct person *merged = ghi_arena_alloc(&g->out->arena, sizeof(*merged));

	if (merged == NULL)
		return;
	*merged = p->record;
	if (merged->password.n == 0)
		merged->present &= ~(UINT64_C(1) << PERSON_password);
	if (merged->privilege == 0)
		merged->present &= ~(UINT64_C(1) << PERSON_privilege);
	if (!p->had_cards)
		target->card = NULL;
	target->record = merged;
}

int sync_pin_order(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static ghi_civil device_now(const struct gathering *g, int64_t now_ms)
{
	struct zone *z = device_zone(g->d);
	int64_t now = now_ms / 1000;
	ghi_civil at = ghi_civil_from_seconds(now + (z ? zone_offset_at(z, now) : 0));

	zone_close(z);
	return at;
}

/* The held person of that PIN; NULL: there is none. *at goes through the held ones, in their order. */
static struct sync_item *held_person(const struct gathering *g, gh_slice pin, size_t *at)
{
	while (*at < g->rows && sync_item_is_of_person(&g->row[*at].item)) {
		bool person = g->row[*at].item.kind == KIND_PERSON;
		int order = sync_pin_order(sync_item_name(&g->row[*at].item), pin);

		if (person && order >= 0)
			return order == 0 ? &g->out->held[*at] : NULL;
		++*at;
	}
	return NULL;
}

/* Who is there and is to be there is the roster's from now on, and goes where they are to be there no more. Who is there
 * and never was to be stays, also where the roster has another person of that PIN elsewhere. */
static void target_person(struct gathering *g, const struct sync_person *p,
			  enum sync_reason stays, size_t *at)
{
	struct sync_given *out = g->out;
	struct sync_item *held = held_person(g, p->record.pin, at),
			 *target = &out->target[out->input.targets];

	g->person[out->input.targets++] = p->id;
	*target = (struct sync_item){ .kind = KIND_PERSON,
				      .record = &p->record,
				      .card = p->card,
				      .cards = p->cards,
				      .stays = stays };
	if (held == NULL)
		return;
	held->ours = true;
	g->row[*at].target = true;
	if (!g->row[*at].sent)
		target_merge(g, p, target);
}

void sync_target_make(struct gathering *g)
{
	struct sync_given *out = g->out;
	int64_t area[SYNC_AREA_DEPTH], now_ms = g->server->now_ms();
	size_t n, areas = sync_roster_above(g->roster, device_area(g->d), area), at = 0;
	const struct sync_person *p = sync_roster_of(g->roster, g->namespace, &n);
	ghi_civil now = device_now(g, now_ms);

	out->target = ghi_arena_alloc(&out->arena, (n + 1) * sizeof(*out->target));
	out->input.target = out->target;
	g->person = ghi_arena_alloc(&out->arena, (n + 1) * sizeof(*g->person));
	if (out->target == NULL || g->person == NULL) {
		g->err = GH_ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool belongs = person_belongs(&p[i], area, areas);
		enum sync_reason stays = person_stays(g, &p[i], belongs);
		struct sync_item *held;

		if (p[i].disabled)
			continue;
		if (belongs)
			validity_note(g, &p[i].valid, now, now_ms);
		if (belongs && validity_at(&p[i].valid, now)) {
			target_person(g, &p[i], stays, &at);
			continue;
		}
		held = stays ? held_person(g, p[i].record.pin, &at) : NULL;
		if (held)
			held->stays = stays;
	}
	sync_credentials_merge(g, area, areas);
	if (g->err == GH_OK)
		sync_leaving_keep(g, p, n);
}
