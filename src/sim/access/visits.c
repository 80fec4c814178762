#include "sim/access/visits.h"

#include "base/civil_time.h"
#include "base/number.h"
#include "sim/access/command.h"
#include "sim/access/subs.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define WAITING_MAX 10000 /* no more is read meanwhile */

static const struct {
	const char *word;
	enum panel_factor factor;
} shown[] = { { "card", PANEL_CARD },
	      { "finger", PANEL_FINGER },
	      { "face", PANEL_FACE },
	      { "password", PANEL_PASSWORD } };

struct acc_visits acc_visits_of(int fd)
{
	return (struct acc_visits){ .fd = fd, .more = true };
}

/* --- a line --- */

static bool visit_text_keep(char *to, size_t room, gh_slice text)
{
	snprintf(to, room, "%.*s", GH_FMT(text));
	return text.n && text.n < room;
}

static bool visit_value_parse(gh_slice value, struct acc_visit *v)
{
	gh_slice password;

	if (v->factor == PANEL_CARD)
		return ghi_number_parse(value, INT64_MAX, &v->card) == GH_OK;
	if (v->factor != PANEL_PASSWORD)
		return visit_text_keep(v->pin, sizeof(v->pin), value);
	return gh_slice_cut(value, ':', &value, &password) &&
	       visit_text_keep(v->pin, sizeof(v->pin), value) &&
	       visit_text_keep(v->password, sizeof(v->password), password);
}

static bool visit_shown_parse(gh_slice word, gh_slice value, struct acc_visit *v)
{
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (!gh_slice_eq(word, gh_slice_of(shown[i].word)))
			continue;
		v->factor = shown[i].factor;
		return visit_value_parse(value, v);
	}
	return false;
}

static bool visit_time_parse(gh_slice text, struct acc_visit *v)
{
	ghi_civil at;

	if (ghi_civil_parse(text, &at) || !ghi_civil_valid(at))
		return false;
	v->at_s = ghi_civil_to_seconds(at);
	return true;
}

enum gh_err acc_visit_parse(gh_slice line, gh_slice *sn, struct acc_visit *out,
			    const char **problem)
{
	enum { DOOR, DIRECTION, SHOWN, VALUE, FIELDS };
	struct acc_visit v = { 0 };
	gh_slice field[FIELDS];
	uint64_t door;
	bool whole = gh_slice_cut(line, '\t', sn, &line);

	for (int i = 0; i < FIELDS; i++)
		whole = whole && gh_slice_cut(line, '\t', &field[i], &line);
	*problem = NULL;
	if (!whole || sn->n == 0)
		*problem = "six fields, parted by tabs: serial number, door, in or out, what "
			   "is shown, its value, time";
	else if (ghi_number_parse(field[DOOR], PANEL_DOORS, &door) || door == 0)
		*problem = "the door is a number from 1 on";
	else if (!gh_slice_eq(field[DIRECTION], GH_LIT("in")) &&
		 !gh_slice_eq(field[DIRECTION], GH_LIT("out")))
		*problem = "the direction is in or out";
	else if (!visit_shown_parse(field[SHOWN], field[VALUE], &v))
		*problem = "what is shown is card with its number, finger or face with a PIN, "
			   "or password with PIN:PASSWORD";
	else if (!visit_time_parse(line, &v))
		*problem = "the time is YYYY-MM-DD hh:mm:ss";
	if (*problem)
		return GH_EMALFORMED;
	v.door = (unsigned)door;
	v.direction = field[DIRECTION].n == 3;
	*out = v;
	return GH_OK;
}

/* --- the file --- */

/* The unit that has a device of that serial number, which it may be itself; NULL: there is none. */
static struct unit *visit_place(struct unit *units, uint32_t n, gh_slice sn, unsigned *sub)
{
	const struct acc_sub *s;

	for (uint32_t i = 0; i < n; i++) {
		*sub = 0;
		if (gh_slice_eq(sn, gh_slice_of(units[i].sn)))
			return &units[i];
		s = acc_sub_named(&units[i], sn);
		if (s == NULL)
			continue;
		*sub = s->number;
		return &units[i];
	}
	return NULL;
}

static const struct panel *visit_panel(const struct unit *u, unsigned sub)
{
	return sub ? &acc_sub_at(u, sub)->panel : &u->panel;
}

static enum gh_err visits_line(struct acc_visits *v, gh_slice line, struct unit *units,
			       uint32_t n)
{
	struct acc_visit visit;
	const struct acc_persona *persona;
	struct unit *u;
	gh_slice sn;

	v->lines++;
	if (acc_visit_parse(line, &sn, &visit, &v->problem))
		return GH_EMALFORMED;
	u = visit_place(units, n, sn, &visit.sub);
	if (u == NULL) {
		v->problem = "no device has that serial number";
		return GH_EMALFORMED;
	}
	persona = visit_panel(u, visit.sub)->persona;
	if (visit.door > persona->doors)
		v->problem = "the device has fewer doors";
	else if (visit.direction && persona->readers < 2)
		v->problem = "the door has no reader on its other side";
	if (v->problem)
		return GH_EMALFORMED;
	g_queue_push_tail(&u->visits, g_memdup2(&visit, sizeof(visit)));
	v->waiting++;
	return GH_OK;
}

/* The whole lines of what was read. */
static enum gh_err visits_take(struct acc_visits *v, struct unit *units, uint32_t n)
{
	gh_slice rest = { (const uint8_t *)v->line, v->n }, line;
	enum gh_err err = GH_OK;

	while (err == GH_OK && rest.n && memchr(rest.p, '\n', rest.n)) {
		gh_slice_cut(rest, '\n', &line, &rest);
		if (line.n)
			err = visits_line(v, line, units, n);
	}
	v->n = rest.n;
	if (rest.n)
		memmove(v->line, rest.p, rest.n);
	if (err == GH_OK && v->n == sizeof(v->line)) {
		v->lines++;
		v->problem = "the line is too long";
		err = GH_EMALFORMED;
	}
	return err;
}

enum gh_err acc_visits_read(struct acc_visits *v, struct unit *units, uint32_t n)
{
	enum gh_err err = GH_OK;

	while (err == GH_OK && v->waiting < WAITING_MAX) {
		ssize_t got = read(v->fd, v->line + v->n, sizeof(v->line) - v->n);

		/* A pipe that was not written to so far is not at its end. */
		if (got < 0)
			return errno == EAGAIN || errno == EINTR ? GH_OK : GH_EIO;
		v->more = got > 0;
		if (got == 0)
			break;
		v->n += (size_t)got;
		err = visits_take(v, units, n);
	}
	return err;
}

/* --- what happens --- */

/* The unit's clock is there, or goes there. */
static void visit_await(struct unit *u, int64_t at_s)
{
	enum { HOUR_S = 3600, MONTH_S = 31 * 86400 };
	int64_t ahead_s = at_s - unit_clock_s(u);

	u->plan->visits->late += ahead_s < 0;
	if (ahead_s > 0)
		u->clock_off_s += ahead_s > MONTH_S ? HOUR_S : ahead_s;
	unit_follow(u, u->now_ms);
	/* What was in progress has ended by now. */
	if (ahead_s > MONTH_S)
		unit_clock_set(u, at_s);
}

static void visit_take_place(struct unit *u, const struct acc_visit *v)
{
	struct acc_sub *sub = acc_sub_at(u, v->sub);
	struct panel *p = sub ? &sub->panel : &u->panel;
	const struct panel_attempt a = { .door = v->door,
					 .direction = v->direction,
					 .factor = v->factor,
					 .card = v->card,
					 .pin = gh_slice_of(v->pin),
					 .password = gh_slice_of(v->password) };

	visit_await(u, v->at_s);
	if (panel_attempt(p, &a).open)
		population_go_through(sub ? &sub->population : &u->population, v->door,
				      p->now_s);
	u->plan->visits->waiting--;
	u->plan->visits->came++;
}

void acc_visits_follow(struct unit *u)
{
	struct acc_visit *v;

	if (u->state != UNIT_READY)
		return;
	/* A server that is requested for one decides before the next comes. */
	while (!u->asking && !u->sending && (v = g_queue_pop_head(&u->visits))) {
		visit_take_place(u, v);
		g_free(v);
	}
}
