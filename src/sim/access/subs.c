#include "sim/access/subs.h"

#include "sim/access/door.h"
#include "sim/access/options.h"
#include "wire/access/state.h"

#include <stdio.h>

#define REGISTRATION_ROOM 8192

/* The panel of one, which is the unit's while a command is carried out there. */
static struct panel *sub_panel(struct acc_sub *s)
{
	return s->unit->serving == s ? &s->unit->panel : &s->panel;
}

static struct panel *main_panel(struct unit *u)
{
	return u->serving ? &u->serving->panel : &u->panel;
}

/* --- events --- */

static void sub_event_forward(struct acc_sub *s, const struct panel_event *e)
{
	struct unit *u = s->unit;
	struct panel_event copy = *e;
	struct unit_event_text text;
	struct access_event event;

	copy.unit = s->number;
	if (panel_ring_add(&main_panel(u)->ring, &copy))
		return;
	unit_event(u, &copy, &event, &text);
	acc_statistics_event(u->statistics, s->sn, &event);
}

static void sub_events_forward(struct acc_sub *s)
{
	struct panel_ring *r = &sub_panel(s)->ring;

	if (s->step != GHI_SUB_AUTHORISED)
		return;
	if (s->forwarded < r->first)
		s->forwarded = r->first;
	while (s->forwarded < r->next)
		sub_event_forward(s, panel_ring_at(r, s->forwarded++));
}

static void sub_event_happened(void *ctx, const struct panel_event *e)
{
	(void)e;
	sub_events_forward(ctx);
}

/* --- all of them --- */

static void sub_options_open(struct acc_sub *s, uint32_t number)
{
	static const char *const role[][2] = { { "MultiStageControlFunOn", "1" },
					       { "MasterControlOn", "0" },
					       { "SubControlOn", "1" } };

	for (size_t i = 0; i < sizeof(role) / sizeof(role[0]); i++)
		if (panel_option_set(&s->panel, gh_slice_of(role[i][0]),
				     gh_slice_of(role[i][1])))
			return;
	s->registered = acc_options_open(&s->panel, s->sn, number, NULL);
}

static void sub_open(struct unit *u, struct acc_sub *s, unsigned number)
{
	const uint64_t seed = sim_hash(u->plan->seed, u->number, ((uint64_t)number << 8) + 'B');

	*s = (struct acc_sub){ .unit = u, .number = number };
	snprintf(s->sn, sizeof(s->sn), "%sS%u", u->sn, number);
	panel_open(&s->panel, acc_persona_named(GH_LIT("inbio260-pro")), u->plan->start_s,
		   (uint32_t)seed);
	population_open(&s->population, u->plan->users, sim_hash(seed, 0, 'P'));
	sub_options_open(s, (u->number << 6) + number);
	population_people(&s->panel, u->plan->users, seed);
	population_past(&s->population, &s->panel, u->plan->events);
	s->panel.observer = sub_event_happened;
	s->panel.observer_ctx = s;
}

void acc_subs_open(struct unit *u)
{
	unsigned n = u->plan->subs >= 0 ? (unsigned)u->plan->subs : u->persona->subs;

	if (!(u->persona->quirk & ACC_MAIN) || n == 0)
		return;
	u->subs = g_new0(struct acc_sub, n);
	for (; u->subs_n < n; u->subs_n++)
		sub_open(u, &u->subs[u->subs_n], u->subs_n + 1);
}

void acc_subs_close(struct unit *u)
{
	for (unsigned i = 0; i < u->subs_n; i++) {
		population_close(&u->subs[i].population);
		panel_close(&u->subs[i].panel);
	}
	g_free(u->subs);
	u->subs = NULL;
	u->subs_n = 0;
}

struct acc_sub *acc_sub_named(const struct unit *u, gh_slice sn)
{
	for (unsigned i = 0; i < u->subs_n; i++)
		if (gh_slice_eq(sn, gh_slice_of(u->subs[i].sn)))
			return &u->subs[i];
	return NULL;
}

struct acc_sub *acc_sub_at(const struct unit *u, unsigned number)
{
	return number && number <= u->subs_n ? &u->subs[number - 1] : NULL;
}

/* --- time --- */

struct acc_sub *acc_sub_of_passage(const struct unit *u, uint64_t i)
{
	return acc_sub_at(u, (unsigned)(i % (1 + u->subs_n)));
}

void acc_subs_follow(struct unit *u, int64_t at_s)
{
	for (unsigned i = 0; i < u->subs_n; i++) {
		population_follow(&u->subs[i].population, &u->subs[i].panel, at_s);
		/* The main controller has power. */
		u->subs[i].population.power_cut = false;
	}
}

int64_t acc_subs_due_s(const struct unit *u)
{
	int64_t first = INT64_MAX;

	for (unsigned i = 0; i < u->subs_n; i++) {
		int64_t due = population_due_s(&u->subs[i].population);

		first = due < first ? due : first;
	}
	return first;
}

void acc_subs_shift(struct unit *u, int64_t by_s)
{
	for (unsigned i = 0; i < u->subs_n; i++) {
		panel_clock_shift(&u->subs[i].panel, by_s);
		population_shift(&u->subs[i].population, by_s);
	}
}

/* --- what a server orders --- */

void acc_sub_order(struct acc_sub *s, enum ghi_sub_step step)
{
	s->step = step;
	sub_events_forward(s);
}

void acc_sub_exchange(struct acc_sub *s)
{
	struct unit *u = s->unit;
	struct panel kept = u->panel;

	u->panel = s->panel;
	s->panel = kept;
	u->serving = u->serving ? NULL : s;
}

/* --- what is uploaded --- */

void acc_subs_states_write(struct ghi_writer *w, const struct unit *u, ghi_civil at)
{
	for (unsigned i = 0; i < u->subs_n; i++) {
		const struct acc_sub *s = &u->subs[i];

		if (s->step != GHI_SUB_AUTHORISED)
			continue;
		ghi_put_u8(w, '\n');
		unit_panel_states_write(w, &s->panel, at);
		ghi_door_states_unit_write(w, gh_slice_of(s->sn));
	}
}

/* Before it is authorised it has a short description; after the first step it registers. */
static void sub_put(GString *to, const struct acc_sub *s)
{
	char brief[160], registration[REGISTRATION_ROOM], row[2 * REGISTRATION_ROOM];
	struct ghi_writer r = ghi_writer_on(registration, sizeof(registration)),
			  w = ghi_writer_on(row, sizeof(row));
	struct ghi_sub sub = { .sn = gh_slice_of(s->sn), .online = true, .step = s->step };

	snprintf(brief, sizeof(brief), "DeviceType=acc,~DeviceName=%s,FirmVer=%s,LockCount=%u",
		 s->panel.persona->model, s->panel.persona->firmware, s->panel.persona->doors);
	sub.brief = gh_slice_of(brief);
	if (s->step != GHI_SUB_WAITS) {
		acc_options_write(&r, &s->panel, s->registered);
		sub.registration = ghi_written(&r);
	}
	ghi_sub_write(&w, &sub);
	if (w.err || r.err)
		return;
	if (to->len)
		g_string_append_c(to, '\n');
	g_string_append_len(to, row, (gssize)w.n);
}

uint32_t acc_subs_write(GString *to, const struct unit *u)
{
	for (unsigned i = 0; i < u->subs_n; i++)
		sub_put(to, &u->subs[i]);
	return u->subs_n;
}
