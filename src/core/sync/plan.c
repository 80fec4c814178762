/* The walk over both lists and the queue. */
#include "base/number.h"
#include "core/sync/planner.h"
#include "model/command_field.h"

const struct sync_reason_row sync_reasons[SYNC_REASONS] = {
#define SYNC_REASON(NAME, word, lasts, text) [SYNC_##NAME] = { word, lasts, text },
#include "core/sync/reason.def"
};

const char *sync_state_name(enum sync_state s)
{
	static const char *const name[SYNC_STATES] = {
#define SYNC_STATE(NAME, word) [SYNC_##NAME] = #word,
#include "core/sync/state.def"
	};

	return name[s];
}

/* --- the walk --- */

struct walk {
	size_t target, held, wait;
};

struct walk_key {
	bool found;
	enum sync_group group;
	gh_slice key;
};

static void key_lower(struct walk_key *k, enum sync_group group, gh_slice key)
{
	if (k->found &&
	    (k->group < group || (k->group == group && sync_slice_order(k->key, key) <= 0)))
		return;
	*k = (struct walk_key){ true, group, key };
}

static struct walk_key walk_key(const struct planner *p, const struct walk *at)
{
	const struct sync_input *in = p->in;
	struct walk_key k = { .found = false };

	if (at->target < in->targets)
		key_lower(&k, sync_item_group(&in->target[at->target]),
			  sync_item_key(&in->target[at->target]));
	if (at->held < in->helds)
		key_lower(&k, sync_item_group(&in->held[at->held]),
			  sync_item_key(&in->held[at->held]));
	if (at->wait < p->waits)
		key_lower(&k, p->wait[at->wait].group, p->wait[at->wait].key);
	return k;
}

static size_t items_of(const struct sync_item *item, size_t n, size_t from,
		       const struct walk_key *k)
{
	size_t i = from;

	while (i < n && sync_item_group(&item[i]) == k->group &&
	       gh_slice_eq(sync_item_key(&item[i]), k->key))
		i++;
	return i - from;
}

static bool walk_next(struct planner *p, struct walk *at)
{
	const struct sync_input *in = p->in;
	struct walk_key k = walk_key(p, at);
	struct sync_part part = { .key = k.key };

	if (!k.found)
		return false;
	/* A list may be NULL where it is empty. */
	part.targets = items_of(in->target, in->targets, at->target, &k);
	part.target = part.targets ? &in->target[at->target] : NULL;
	part.helds = items_of(in->held, in->helds, at->held, &k);
	part.held = part.helds ? &in->held[at->held] : NULL;
	part.wait = &p->wait[at->wait];
	while (at->wait + part.waits < p->waits && part.wait[part.waits].group == k.group &&
	       gh_slice_eq(part.wait[part.waits].key, k.key))
		part.waits++;
	at->target += part.targets;
	at->held += part.helds;
	at->wait += part.waits;
	if (k.group == GROUP_PEOPLE)
		sync_pack_plan(p, &part);
	else
		sync_single_plan(p, k.group, &part);
	return true;
}

/* --- before it --- */

static void work_code_slot_see(struct planner *p, gh_slice text)
{
	uint64_t n;

	if (ghi_number_parse(text, INT32_MAX, &n) == GH_OK && (int64_t)n > p->slot)
		p->slot = (int64_t)n;
}

/* Work codes get numbers that no other one has. */
static void slots_see(struct planner *p)
{
	const struct sync_input *in = p->in;
	gh_slice name, value;

	for (size_t i = 0; i < in->targets; i++)
		if (in->target[i].kind == KIND_WORK_CODE)
			work_code_slot_see(
				p, ((const struct work_code *)in->target[i].record)->slot);
	for (size_t i = 0; i < in->helds; i++)
		if (in->held[i].kind == KIND_WORK_CODE)
			work_code_slot_see(
				p, ((const struct work_code *)in->held[i].record)->slot);
	for (size_t i = 0; i < in->waitings; i++) {
		gh_slice rest = in->waiting[i].arguments;

		while (in->waiting[i].kind == COMMAND_KIND_UPDATE_WORK_CODE &&
		       command_argument_next(&rest, &name, &value))
			if (gh_slice_eq(name, GH_LIT("slot")))
				work_code_slot_see(p, value);
	}
}

static void rooms_set(struct planner *p)
{
	const struct sync_device *d = p->in->device;

	p->room[ROOM_PEOPLE] =
		(struct sync_room){ .most = d->people_most, .reported = d->people };
	for (size_t i = 0; i < BIO_TYPES; i++) {
		p->room[ROOM_TEMPLATES + i] = (struct sync_room){ .most = d->bio.data_most[i],
								  .reported = d->bio.data[i] };
		p->room[ROOM_PHOTOS + i] = (struct sync_room){ .most = d->bio.photos_most[i],
							       .reported = d->bio.photos[i] };
	}
}

/* n elements, and one, so that there is memory for none too. */
static void *planner_array(struct planner *p, size_t n, size_t size)
{
	return n < SIZE_MAX / size - 1 ? ghi_arena_alloc(p->arena, (n + 1) * size) : NULL;
}

static enum gh_err planner_alloc(struct planner *p)
{
	const struct sync_input *in = p->in;
	size_t there = in->helds + in->waitings, rows = in->targets + in->helds;

	p->removal = planner_array(p, there, sizeof(*p->removal));
	p->write = planner_array(p, in->targets, sizeof(*p->write));
	p->wait = planner_array(p, in->waitings, sizeof(*p->wait));
	p->taken = planner_array(p, in->waitings, sizeof(*p->taken));
	p->stays = planner_array(p, in->waitings, sizeof(*p->stays));
	p->out->row = planner_array(p, rows, sizeof(*p->out->row));
	p->out->order = planner_array(p, there + in->targets, sizeof(*p->out->order));
	p->out->withdrawn = planner_array(p, in->waitings, sizeof(*p->out->withdrawn));
	return p->arena->failed ? GH_ENOMEM : GH_OK;
}

enum gh_err sync_plan_make(const struct sync_input *in, struct arena *a, struct sync_plan *out)
{
	struct planner p = { .in = in, .arena = a, .out = out };
	struct walk at = { 0 };
	enum gh_err err;

	*out = (struct sync_plan){ 0 };
	err = sync_items_check(in->target, in->targets, false, out);
	if (err == GH_OK)
		err = sync_items_check(in->held, in->helds, true, out);
	if (err == GH_OK)
		err = planner_alloc(&p);
	if (err)
		return err;
	p.person_fields = command_field_mask(COMMAND_KIND_UPDATE_PERSON);
	sync_waits_sort(&p);
	slots_see(&p);
	rooms_set(&p);
	while (p.err == GH_OK && walk_next(&p, &at))
		continue;
	if (p.err == GH_OK)
		sync_drafts_settle(&p);
	return p.err;
}
