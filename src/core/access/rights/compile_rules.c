/* Time rules and holidays of a unit. */
#include <stdlib.h>

#include "core/access/rights/compiler.h"
#include "model/entity.h"
#include "wire/access/pack.h"

#define MIDNIGHT 1000000
#define SLOT_ALWAYS 1
#define ROW_TEXT 2048

/* --- slots --- */

int64_t compiler_rule_slots(const struct compiler *c)
{
	const struct unit_facts *f = c->facts;

	return f->rule_slots ? f->rule_slots : f->controller ? 255 : 50;
}

bool compiler_slots(struct compiler *c, struct held_rule *r)
{
	struct unit_rows *u = c->out;
	size_t before = u->slots;

	r->first = before;
	if (r->rule->id == TIME_RULE_ALWAYS) {
		if (!compiler_grow(c, &u->slot, &c->slot_room, u->slots, sizeof(*u->slot)))
			return false;
		u->slot[u->slots++] = (struct unit_slot){ .kind = SLOT_RULE,
							  .owner = TIME_RULE_ALWAYS,
							  .slot = SLOT_ALWAYS };
		return true;
	}
	for (size_t part = 0; part < r->parts; part++)
		if (compiler_slot(c, SLOT_RULE, r->rule->id, part, compiler_rule_slots(c)) ==
		    0) {
			u->slots = before;
			return false;
		}
	return true;
}

/* --- the table timezone --- */

static void period_write(struct ghi_writer *w, const struct time_day *d, size_t i)
{
	uint32_t packed = 0;

	if (i < d->n) {
		struct ghi_period p = { d->span[i].from, d->span[i].to };

		/* What cannot be packed would be no period: it is closed. */
		if (ghi_period_pack(p, &packed))
			packed = 0;
	}
	ghi_put_decimal(w, packed);
}

static void second_write(struct ghi_writer *w, const char *name, ghi_civil t)
{
	ghi_put(w, gh_slice_of(name));
	ghi_validity_write(w, true, t ? t : GHI_CIVIL_NONE);
}

static void rule_write(struct compiler *c, int64_t slot, const struct time_table *t,
		       size_t part, const struct validity *valid)
{
	char text[ROW_TEXT], key[24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&k, slot);
	ghi_put(&w, GH_LIT("TimezoneId="));
	ghi_put_signed(&w, slot);
	for (enum time_column i = 0; i < TIME_COLUMNS; i++)
		for (size_t n = 0; n < RULE_PERIODS; n++) {
			ghi_put(&w, GH_LIT("\t"));
			ghi_put(&w, gh_slice_of(time_column_name(i)));
			ghi_put(&w, GH_LIT("Time"));
			ghi_put_decimal(&w, n + 1);
			ghi_put(&w, GH_LIT("="));
			period_write(&w, &t->day[i], part * RULE_PERIODS + n);
		}
	if (c->facts->rule_validity) {
		second_write(&w, "\tStartTime=", valid->from);
		second_write(&w, "\tEndTime=", valid->to);
	}
	compiler_row(c, UNIT_TIMEZONE, &k, &w);
}

static int slot_order(const void *a, const void *b)
{
	const struct unit_slot *x = a, *y = b;

	return (x->slot > y->slot) - (x->slot < y->slot);
}

/* Number 1 comes first, whether it is needed or not: units expect it. */
static void always_write(struct compiler *c)
{
	struct time_table t = { .named = 7 };
	struct validity valid = { 0 };

	for (size_t i = 0; i < TIME_COLUMNS; i++) {
		t.day[i].span[0] = (struct time_span){ 0, TIME_DAY_LAST };
		t.day[i].n = 1;
	}
	rule_write(c, SLOT_ALWAYS, &t, 0, &valid);
}

/* Only rules have slots yet. */
void compiler_rules_write(struct compiler *c)
{
	struct unit_rows *u = c->out;
	struct unit_slot *by_slot = u->slots ? malloc(u->slots * sizeof(*by_slot)) : NULL;

	always_write(c);
	if (by_slot == NULL) {
		c->no_memory = c->no_memory || u->slots;
		return;
	}
	memcpy(by_slot, u->slot, u->slots * sizeof(*by_slot));
	qsort(by_slot, u->slots, sizeof(*by_slot), slot_order);
	for (size_t i = 0; i < u->slots; i++) {
		const struct site_rule *r = site_rule_find(c->site, by_slot[i].owner);

		if (by_slot[i].slot != SLOT_ALWAYS)
			rule_write(c, by_slot[i].slot, &r->table, by_slot[i].part, &r->valid);
	}
	free(by_slot);
}

/* --- the table holiday --- */

struct holiday_day {
	int64_t day, next; /* as it is entered, and when it is next */
	int64_t type;
	bool yearly;
};

#define LONG_PAST 100000000 /* added to a day that is over: it comes behind all others */

/* When a day of every year is next, from `today` on. */
static int64_t holiday_next_time(int64_t day, int64_t today)
{
	int64_t year = today / 10000, this = year * 10000 + day % 10000;

	return this >= today ? this : this + 10000;
}

static int64_t holiday_day_next(const struct holiday_days *h, int64_t day, int64_t today)
{
	if (h->yearly)
		return holiday_next_time(day, today);
	return day < today ? day + LONG_PAST : day;
}

/* As they come. */
static int holiday_order(const void *a, const void *b)
{
	const struct holiday_day *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	if (x->next != y->next)
		return x->next < y->next ? -1 : 1;
	if (x->yearly != y->yearly)
		return x->yearly ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

static void holiday_write(struct compiler *c, const struct holiday_day *h)
{
	char text[96], key[24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_padded(&k, (uint64_t)h->day, 8);
	ghi_put(&w, GH_LIT("Holiday="));
	ghi_put_padded(&w, (uint64_t)h->day, 8);
	ghi_put(&w, GH_LIT("\tHolidayType="));
	ghi_put_signed(&w, h->type);
	ghi_put(&w, h->yearly ? GH_LIT("\tLoop=1") : GH_LIT("\tLoop=2"));
	compiler_row(c, UNIT_HOLIDAY, &k, &w);
}

/* The days of all holidays, from yesterday on: a clock may be set back. NULL: there are none, or no memory. */
static struct holiday_day *days_gather(struct compiler *c, size_t *n)
{
	int64_t today = c->at / MIDNIGHT,
		yesterday =
			ghi_civil_from_seconds(ghi_civil_to_seconds(c->at) - 86400) / MIDNIGHT;
	struct holiday_day *day = NULL;
	size_t room = 0;

	*n = 0;
	for (size_t i = 0; i < c->site->holidays; i++) {
		const struct holiday_days *h = &c->site->holiday[i];

		for (int64_t d = h->from; d <= h->to; d = holiday_next_day(d)) {
			if (!h->yearly && d < yesterday)
				continue;
			if (!compiler_grow(c, &day, &room, *n, sizeof(*day)))
				return day;
			day[(*n)++] = (struct holiday_day){ d, holiday_day_next(h, d, today),
							    h->type, h->yearly };
		}
	}
	return day;
}

/* The same day is there already: every year, or once. */
static bool day_again(const struct holiday_day *kept, size_t n, const struct holiday_day *d)
{
	for (size_t i = 0; i < n; i++)
		if (kept[i].day == d->day ||
		    (kept[i].yearly && kept[i].day % 10000 == d->day % 10000))
			return true;
	return false;
}

#define HOLIDAY_TYPES 3

/* How many days of each type there are. */
static void days_count(const struct holiday_day *day, size_t n, size_t wanted[HOLIDAY_TYPES])
{
	for (size_t i = 0; i < n; i++)
		wanted[day[i].type - 1] += !day_again(day, i, &day[i]);
}

/* As many of each type as the unit has room for, the next ones. From the first day that is left out on, the
 * rows are wrong. */
void compiler_holidays_write(struct compiler *c)
{
	size_t n,
		kept = 0, of_type = 0, wanted[HOLIDAY_TYPES] = { 0 },
		most = (size_t)(c->facts->holidays_per_type ? c->facts->holidays_per_type : 32);
	struct holiday_day *day = days_gather(c, &n);
	int64_t refused = 0;

	if (day)
		qsort(day, n, sizeof(*day), holiday_order);
	days_count(day, n, wanted);
	for (size_t i = 0; i < n; i++) {
		struct holiday_day d = day[i];

		of_type = i == 0 || day[i - 1].type != d.type ? 0 : of_type;
		if (day_again(day, kept, &d))
			continue;
		if (of_type == most && (refused == d.day || d.next > LONG_PAST))
			continue;
		if (of_type == most) {
			refused = d.day;
			compiler_refuse(
				c, REFUSED_HOLIDAY, d.day,
				"The holiday on %lld-%02lld-%02lld is one too many: the unit "
				"holds %zu of type %lld, and %zu are needed",
				(long long)(d.day / 10000), (long long)(d.day / 100 % 100),
				(long long)(d.day % 100), most, (long long)d.type,
				wanted[d.type - 1]);
			compiler_until(c, d.next * MIDNIGHT);
			continue;
		}
		of_type++;
		day[kept++] = d;
		holiday_write(c, &d);
	}
	free(day);
}
