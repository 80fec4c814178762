#include "core/access/unit_plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/access/plan_secret.h"
#include "core/access/rights/refused.h"
#include "core/access/unit_parameters.h"

bool device_has_plans(struct device *d)
{
	return !device_deleted(d) && !device_is_terminal(d) &&
	       device_state(d) == DEVICE_APPROVED && device_dialect(d) == DEVICE_ACCESS &&
	       device_registration(d) != DEVICE_UNREGISTERED;
}

struct making {
	struct server *server;
	struct store_reader *r;
	const struct site *site;
	struct unit_plan *out;
	size_t held_room, given_room, slot_room;
	struct unit_slot *given;
	enum device_slot_state *given_state;
	size_t givens;
	enum unit_slot_kind kind;
	int64_t freed[UNIT_SLOT_KINDS]; /* the largest */
	enum gh_err err;
};

/* The array at *p with room for one more. */
static bool making_grow(struct making *m, void *p, size_t *room, size_t n, size_t size)
{
	void *old, *more;

	if (n < *room)
		return true;
	memcpy(&old, p, sizeof(old));
	more = realloc(old, (*room ? *room * 2 : 256) * size);
	if (more == NULL) {
		m->err = GH_ENOMEM;
		return false;
	}
	*room = *room ? *room * 2 : 256;
	memcpy(p, &more, sizeof(more));
	return true;
}

/* --- numbers --- */

static bool slot_see(void *ctx, const struct device_slot *slot)
{
	struct making *m = ctx;
	size_t room = m->given_room;

	if (!making_grow(m, &m->given, &m->given_room, m->givens, sizeof(*m->given)) ||
	    !making_grow(m, &m->given_state, &room, m->givens, sizeof(*m->given_state)))
		return false;
	m->given_state[m->givens] = slot->state;
	m->given[m->givens++] = (struct unit_slot){
		.kind = m->kind,
		.owner = slot->state == DEVICE_SLOT_FREE ? 0 : slot->owner,
		.part = (size_t)slot->part,
		.slot = slot->slot,
		.freed = slot->freed,
	};
	if (slot->freed > m->freed[m->kind])
		m->freed[m->kind] = slot->freed;
	if (m->kind == SLOT_RULE && slot->slot == 1)
		m->out->known = slot->state == DEVICE_SLOT_HELD;
	return true;
}

static enum gh_err slots_read_all(struct making *m, int64_t device)
{
	enum gh_err err = GH_OK;

	for (int kind = 0; kind < UNIT_SLOT_KINDS && err == GH_OK; kind++) {
		m->kind = (enum unit_slot_kind)kind;
		err = m->server->db.ops->slots_read(
			m->r, device, gh_slice_of(unit_slot_kind_name((size_t)kind)), slot_see,
			m);
	}
	return err ? err : m->err;
}

#define OWNER_IN(array, n)                         \
	for (size_t i = 0; i < m->site->n; i++)    \
		if (m->site->array[i].id == owner) \
	return true

/* Whether what has a number is still there; whether it is on this unit does not matter. */
static bool owner_lives(const struct making *m, enum unit_slot_kind kind, int64_t owner)
{
	switch (kind) {
	case SLOT_RULE:
		OWNER_IN(rule, rules);
		return owner == TIME_RULE_ALWAYS;
	case SLOT_MULTI_CARD:
		OWNER_IN(multi_card, multi_cards);
		break;
	case SLOT_LINKAGE:
		OWNER_IN(linkage, linkages);
		break;
	case SLOT_VERIFY:
		OWNER_IN(verify, verifies);
		break;
	case SLOT_TRIGGERS:
		OWNER_IN(passback, passbacks);
		OWNER_IN(interlock, interlocks);
		break;
	case SLOT_PASSBACK:
		OWNER_IN(passback, passbacks);
		break;
	case SLOT_INTERLOCK:
		OWNER_IN(interlock, interlocks);
		break;
	case UNIT_SLOT_KINDS:
		break;
	}
	return false;
}

static bool slot_row_held(const struct making *m, enum unit_slot_kind kind, int64_t slot)
{
	enum unit_table t = unit_table_of(gh_slice_of(unit_slot_kind_name(kind)));
	char text[24];
	gh_slice key = { (const uint8_t *)text,
			 (size_t)snprintf(text, sizeof(text), "%lld", (long long)slot) };

	for (size_t i = 0; i < m->out->helds; i++)
		if (m->out->held[i].row.table == t && gh_slice_eq(m->out->held[i].row.key, key))
			return true;
	return false;
}

static void slot_change_add(struct making *m, enum unit_slot_kind kind, int64_t slot,
			    int64_t owner, size_t part, enum device_slot_state state,
			    int64_t freed)
{
	struct unit_plan *p = m->out;

	if (!making_grow(m, &p->slot, &m->slot_room, p->slots, sizeof(*p->slot)))
		return;
	p->slot[p->slots++] = (struct slot_change){
		kind,
		{ .kind = gh_slice_of(unit_slot_kind_name(kind)),
		  .slot = slot,
		  .owner = owner,
		  .part = (int64_t)part,
		  .state = state,
		  .freed = freed },
	};
}

static const struct unit_slot *slot_of_owner(const struct making *m, const struct unit_slot *s)
{
	for (size_t i = 0; i < m->givens; i++)
		if (m->given[i].kind == s->kind && m->given[i].slot == s->slot &&
		    m->given[i].owner == s->owner && m->given[i].part == s->part)
			return &m->given[i];
	return NULL;
}

/* Those given now are stored, and those whose owner is gone. A number is free when the unit cannot have its
 * row any more: at once, where it is not known to have it. */
static void slots_change(struct making *m)
{
	static const struct unit_slot always = { .kind = SLOT_RULE,
						 .owner = TIME_RULE_ALWAYS,
						 .slot = 1 };
	const struct unit_rows *u = &m->out->rows;

	if (slot_of_owner(m, &always) == NULL)
		slot_change_add(m, SLOT_RULE, 1, TIME_RULE_ALWAYS, 0, DEVICE_SLOT_GIVEN, 0);
	for (size_t i = 0; i < u->slots; i++)
		if (slot_of_owner(m, &u->slot[i]) == NULL &&
		    u->slot[i].owner != TIME_RULE_ALWAYS)
			slot_change_add(m, u->slot[i].kind, u->slot[i].slot, u->slot[i].owner,
					u->slot[i].part, DEVICE_SLOT_GIVEN, 0);
	for (size_t i = 0; i < m->givens; i++) {
		const struct unit_slot *g = &m->given[i];
		bool held;

		if (g->owner == 0 || owner_lives(m, g->kind, g->owner))
			continue;
		held = slot_row_held(m, g->kind, g->slot);
		if (held && m->given_state[i] == DEVICE_SLOT_LEAVING)
			continue;
		slot_change_add(m, g->kind, g->slot, g->owner, g->part,
				held ? DEVICE_SLOT_LEAVING : DEVICE_SLOT_FREE,
				held ? 0 : ++m->freed[g->kind]);
	}
}

/* --- what it holds --- */

static bool held_see(void *ctx, const struct unit_row *row)
{
	struct making *m = ctx;
	struct unit_plan *p = m->out;
	size_t as_of_room = m->held_room;
	struct held_row *h;

	if (!making_grow(m, &p->held_as_of, &as_of_room, p->helds, sizeof(*p->held_as_of)) ||
	    !making_grow(m, &p->held, &m->held_room, p->helds, sizeof(*p->held)))
		return false;
	p->held_as_of[p->helds] = row->as_of_ms;
	h = &p->held[p->helds++];
	*h = (struct held_row){
		.row = { .table = unit_table_of(row->table),
			 .key = ghi_arena_copy(&p->text, row->key),
			 .text = ghi_arena_copy(&p->text, row->row) },
		.ours = unit_row_is_ours(row->origin),
		.uploaded = unit_row_is_uploaded(row->origin),
	};
	return !p->text.failed;
}

static enum gh_err held_read(struct making *m, int64_t device)
{
	enum gh_err err = GH_OK;

	for (int t = 0; t < UNIT_TABLES && err == GH_OK; t++) {
		gh_slice name = gh_slice_of(unit_table_name((enum unit_table)t));

		err = m->server->db.ops->unit_rows_read(m->r, device, GH_LIT(""), name,
							(gh_slice){ 0 }, INT64_MAX, held_see,
							m);
	}
	if (err == GH_OK)
		err = m->out->text.failed ? GH_ENOMEM : m->err;
	return err;
}

/* What a table's command has room for, as far as the unit refused more. */
static bool unit_most_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct steps_wish *wish = ctx;
	enum unit_table t = unit_table_of(state->table);

	(void)device;
	if (t != UNIT_TABLES)
		wish->rows_of[t] = state->rows_most;
	return true;
}

/* --- all of it --- */

static uint64_t digest_add(uint64_t hash, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * UINT64_C(1099511628211);
	return hash;
}

static void plan_digest(struct unit_plan *p)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < p->steps.steps; i++) {
		const struct unit_step *s = &p->steps.step[i];

		hash = digest_add(hash, s->words.p, s->words.n);
		hash = digest_add(hash, "\n\n", 2);
		p->bytes += (int64_t)s->words.n;
	}
	snprintf(p->digest, sizeof(p->digest), "%016llx", (unsigned long long)hash);
}

/* Once their digest is known, steps have no secrets: those are taken from where people decide about them when a
 * command is queued (plan_secret.h). */
static void plan_secrets_hide(struct unit_plan *p)
{
	for (size_t i = 0; i < p->steps.steps; i++)
		plan_secret_hide(&p->text, &p->steps.step[i]);
}

/* The moment when a clock of the zone shows `t`; a few hours off where the offset changes meanwhile, so it is
 * looked for once more from there. */
static int64_t civil_ms(struct zone *z, ghi_civil t)
{
	int64_t s = ghi_civil_to_seconds(t), utc = s;

	for (int i = 0; z && i < 2; i++)
		utc = s - zone_offset_at(z, utc);
	return utc * 1000;
}

static enum gh_err unit_plan_compile(struct making *m, struct device *d, struct steps_wish wish,
				     struct ghi_table_unit *unit)
{
	struct unit_facts facts = unit_facts_of(device_sn(d), unit->parameters);
	struct unit_plan *p = m->out;
	int64_t now = m->server->now_ms() / 1000;
	struct zone *z = device_zone(d);
	enum gh_err err;

	facts.cards_turned = device_cards_turned(d);
	/* Nothing is trusted then, what it refused neither. */
	if (wish.resync)
		unit->refused = (gh_slice){ 0 };
	unit_facts_refuse(&facts, unit);
	p->at = ghi_civil_from_seconds(now + (z ? zone_offset_at(z, now) : 0));
	err = site_compile(m->site, &facts, m->given, m->givens, p->at, &p->rows);
	if (err == GH_OK)
		err = unit_rows_refuse(&p->rows, unit);
	if (err == GH_OK)
		err = unit_steps_make(&p->rows, p->held, p->helds, unit, wish, &p->steps);
	if (err == GH_OK && p->rows.good_until)
		p->good_until_ms = civil_ms(z, p->rows.good_until);
	zone_close(z);
	return err;
}

enum gh_err unit_plan_make(struct server *server, struct store_reader *r,
			   const struct site *site, struct device *d, struct steps_wish wish,
			   struct unit_plan *out)
{
	struct making m = { .server = server, .r = r, .site = site, .out = out };
	struct device_row row;
	struct ghi_table_unit unit = { 0 };
	enum gh_err err;

	*out = (struct unit_plan){ 0 };
	device_row(d, &out->text, &row);
	out->sync = sync_policy_of(row.access.sync);
	if (out->sync == SYNC_POLICIES)
		out->sync = server->settings->sync;
	err = unit_tables_of(server->db.ops, r, device_id(d), row.access.parameters, &out->text,
			     &unit);
	if (err == GH_OK)
		err = slots_read_all(&m, device_id(d));
	if (err == GH_OK)
		err = held_read(&m, device_id(d));
	wish.rows = row.access.rows_per_command;
	if (err == GH_OK)
		err = server->db.ops->unit_states_read(r, device_id(d), unit_most_note, &wish);
	if (err == GH_OK)
		err = unit_plan_compile(&m, d, wish, &unit);
	if (err == GH_OK) {
		slots_change(&m);
		plan_digest(out);
		plan_secrets_hide(out);
		err = m.err ? m.err : out->text.failed ? GH_ENOMEM : GH_OK;
	}
	for (size_t i = 0; i < out->rows.rows; i++)
		out->has_people = out->has_people || out->rows.row[i].table == UNIT_USER;
	free(m.given);
	free(m.given_state);
	return err;
}

void unit_plan_clear(struct unit_plan *p)
{
	unit_rows_clear(&p->rows);
	unit_steps_clear(&p->steps);
	free(p->held);
	free(p->held_as_of);
	free(p->slot);
	ghi_arena_clear(&p->text);
	*p = (struct unit_plan){ 0 };
}
