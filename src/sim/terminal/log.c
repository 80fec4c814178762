#include "sim/terminal/log.h"

#include "base/civil_time.h"
#include "sim/prng.h"
#include "wire/terminal/packed_time.h"

enum { DAY = 86400, STEP = 31 };

uint32_t term_time_code(struct term_day *d, int64_t seconds)
{
	int64_t day = seconds / DAY;

	if (d->midnight == 0 || day != d->day) {
		struct ghi_civil_parts p = ghi_civil_split(ghi_civil_from_seconds(day * DAY));

		d->day = day;
		d->midnight = ghi_terminal_time_pack((struct gh_time){
			(uint16_t)p.year, (uint8_t)p.month, (uint8_t)p.day, 0, 0, 0, 0 });
	}
	return d->midnight + (uint32_t)(seconds - day * DAY);
}

void term_log_open(struct term_log *l, const struct term_users *users)
{
	*l = (struct term_log){ .users = users,
				.end = users->plan->punches,
				.key = sim_mix(sim_mix(users->plan->seed) ^ 'P'),
				.added = g_array_new(FALSE, FALSE, sizeof(struct term_entry)) };
}

void term_log_close(struct term_log *l)
{
	if (l->added)
		g_array_free(l->added, TRUE);
	l->added = NULL;
}

void term_log_clear(struct term_log *l)
{
	l->first = l->end;
}

/* The verify mode and the key pressed. */
static void log_choose_verification(uint64_t h, struct gh_punch *p)
{
	static const uint8_t ways[] = { 1, 1, 1, 1, 1, 2, 0, 15 };

	p->verify = ways[h & 7];
	p->status = (uint8_t)(h >> 3 & 1);
	if ((h >> 4 & 15) == 0)
		p->status = (uint8_t)(2 + (h >> 8 & 3));
	p->work_code = (h >> 10 & 31) == 0 ? (uint32_t)(h >> 15 & 7) + 1 : 0;
}

static void from_seed(const struct term_log *l, uint32_t number, struct term_day *d,
		      struct gh_punch *out)
{
	const struct term_plan *p = l->users->plan;
	uint64_t h = sim_mix(l->key ^ number);
	const struct term_person *who;

	who = term_users_person(l->users, (uint32_t)(h >> 32) % term_users_first(l->users));
	memcpy(out->pin, who->pin, sizeof(out->pin));
	out->uid = who->uid;
	log_choose_verification(h, out);
	out->time_code = term_time_code(d, p->start_s - (int64_t)(p->punches - number) * STEP +
						   (int64_t)(h >> 20 & 15));
	/* The clock of the code has such a day (pyzk 221). */
	if (p->persona->quirks & TERM_BAD_TIMES && number % 50 == 7)
		out->time_code = out->time_code / (12 * 31 * DAY) * (12 * 31 * DAY) +
				 (uint32_t)(31 + 29) * DAY + out->time_code % DAY;
}

void term_log_get(const struct term_log *l, uint32_t number, struct term_day *d,
		  struct gh_punch *out)
{
	uint32_t base = l->users->plan->punches;
	const struct term_person *who;
	struct term_entry e;

	if (number < base) {
		from_seed(l, number, d, out);
		return;
	}
	number -= base;
	if (number < l->lost || number - l->lost >= l->added->len) {
		*out = (struct gh_punch){ .uid = 0 };
		return;
	}
	e = g_array_index(l->added, struct term_entry, number - l->lost);
	who = term_users_person(l->users, e.person);
	memcpy(out->pin, who->pin, sizeof(out->pin));
	out->uid = who->uid;
	out->verify = e.verify;
	out->status = e.status;
	out->time_code = e.time_code;
	out->work_code = e.work_code;
}

bool term_log_add(struct term_log *l, int64_t seconds, struct gh_punch *out)
{
	const struct term_users *u = l->users;
	uint64_t h = sim_hash(u->plan->seed, l->end, 'N');
	struct gh_punch p = { 0 };
	struct term_day d = { 0 };
	struct term_user *user;
	struct term_entry e;

	if (u->list->len == 0)
		return false;
	user = term_users_at(u, (uint32_t)((h >> 32) % u->list->len));
	log_choose_verification(h, &p);
	p.time_code = term_time_code(&d, seconds);
	p.time = ghi_terminal_time_unpack(p.time_code);
	p.uid = user->record.uid;
	memcpy(p.pin, user->record.pin, sizeof(p.pin));
	if (l->added->len >= TERM_ADDED_MAX) {
		/* The oldest go, as in a full log; cleared ones go first. */
		g_array_remove_range(l->added, 0, TERM_ADDED_MAX / 4);
		l->lost += TERM_ADDED_MAX / 4;
		if (l->first < u->plan->punches + l->lost)
			l->first = u->plan->punches + l->lost;
	}
	e = (struct term_entry){ p.time_code, user->person, p.verify, p.status,
				 (uint16_t)p.work_code };
	g_array_append_val(l->added, e);
	l->end++;
	*out = p;
	return true;
}
