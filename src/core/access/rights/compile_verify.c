/* Verify schedules: what has to be shown, by period of the day. */
#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/compiler.h"

#define SCHEDULES_MOST 255 /* [I] */
#define ROW_TEXT 6144
#define KEY_TEXT 96

/* A mode of a period in the form of the unit; none is 255. */
static bool span_mode_write(const struct compiler *c, gh_slice mode, struct ghi_writer *w)
{
	if (mode.n)
		return compiler_mode_write(c, mode, w);
	ghi_put(w, GH_LIT("255"));
	return true;
}

static bool span_write(const struct compiler *c, const struct verify_span *v, const char *name,
		       struct ghi_writer *w)
{
	struct ghi_period p = { v->from, v->to };
	uint32_t packed = 0;

	if (ghi_period_pack(p, &packed))
		packed = 0;
	ghi_put(w, GH_LIT("\t"));
	ghi_put(w, gh_slice_of(name));
	ghi_put(w, GH_LIT("="));
	ghi_put_decimal(w, packed);
	ghi_put(w, GH_LIT("\t"));
	ghi_put(w, gh_slice_of(name));
	ghi_put(w, GH_LIT("VSUser="));
	if (!span_mode_write(c, v->user, w))
		return false;
	ghi_put(w, GH_LIT("\t"));
	ghi_put(w, gh_slice_of(name));
	ghi_put(w, GH_LIT("VSDoor="));
	return span_mode_write(c, v->door, w);
}

/* false: the unit has no mode that means one of them. */
static bool schedule_text_write(const struct compiler *c, const struct site_verify *v,
				int64_t slot, struct ghi_writer *w)
{
	static const char column[TIME_COLUMNS][5] = { "Sun", "Mon", "Tue",  "Wed",  "Thu",
						      "Fri", "Sat", "Hol1", "Hol2", "Hol3" };
	char name[64];

	ghi_put(w, GH_LIT("TimezoneID="));
	ghi_put_signed(w, slot);
	for (size_t i = 0; i < TIME_COLUMNS; i++)
		for (size_t k = 0; k < VERIFY_SPANS; k++) {
			struct verify_span none = { 0 };

			snprintf(name, sizeof(name), "%sTime%zu", column[i], k + 1);
			if (!span_write(c, k < v->table.spans[i] ? &v->table.span[i][k] : &none,
					name, w))
				return false;
		}
	return true;
}

static bool modes_fit(struct compiler *c, const struct site_verify *v)
{
	char text[ROW_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (schedule_text_write(c, v, SCHEDULES_MOST, &w))
		return true;
	compiler_refuse(c, REFUSED_VERIFY, v->id,
			"The unit has no verify mode that means one of its modes");
	return false;
}

static void schedule_write(struct compiler *c, const struct site_verify *v, int64_t slot)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&k, slot);
	(void)schedule_text_write(c, v, slot, &w);
	compiler_row(c, UNIT_VERIFY_TIMES, &k, &w);
}

static void door_schedule_write(struct compiler *c, int64_t door, int64_t slot)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&k, door);
	ghi_put(&w, GH_LIT("DoorID="));
	ghi_put_signed(&w, door);
	ghi_put(&w, GH_LIT("\tTimezoneID="));
	ghi_put_signed(&w, slot);
	compiler_row(c, UNIT_VERIFY_DOOR, &k, &w);
}

static void person_schedule_write(struct compiler *c, const struct site_person *p, int64_t door,
				  int64_t slot)
{
	char text[KEY_TEXT * 2], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	unit_text_write(&k, p->pin);
	ghi_put(&k, GH_LIT("\t"));
	ghi_put_signed(&k, door);
	ghi_put(&w, GH_LIT("PIN="));
	unit_text_write(&w, p->pin);
	ghi_put(&w, GH_LIT("\tDoorID="));
	ghi_put_signed(&w, door);
	ghi_put(&w, GH_LIT("\tTimezoneID="));
	ghi_put_signed(&w, slot);
	compiler_row(c, UNIT_VERIFY_PERSON, &k, &w);
}

/* Of two schedules for the same door, or for the same person at it, the later one is refused. */
struct verify_taken {
	uint32_t doors;
	const struct site_verify **of;
	uint32_t *mask;
	size_t n;
};

static bool people_share(const struct site_verify *a, const struct site_verify *b)
{
	for (size_t i = 0; i < a->people; i++)
		for (size_t k = 0; k < b->people; k++)
			if (a->person[i] == b->person[k])
				return true;
	return false;
}

static const struct site_verify *schedule_other(const struct verify_taken *t,
						const struct site_verify *v, uint32_t doors)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->mask[i] & doors && (t->of[i]->people == 0) == (v->people == 0) &&
		    (v->people == 0 || people_share(t->of[i], v)))
			return t->of[i];
	return NULL;
}

static void schedule_hold(struct compiler *c, const struct site_verify *v, uint32_t doors,
			  int64_t slot)
{
	size_t n;
	const struct site_person **p = compiler_people_sent(c, v->person, v->people, &n);

	schedule_write(c, v, slot);
	for (int64_t door = 1; door <= compiler_doors_most(c); door++) {
		if (!(doors >> (door - 1) & 1))
			continue;
		if (v->people == 0)
			door_schedule_write(c, door, slot);
		for (size_t i = 0; i < n; i++)
			person_schedule_write(c, p[i], door, slot);
	}
	free(p);
}

static bool schedule_fits(struct compiler *c, const struct site_verify *v, uint32_t doors,
			  const struct verify_taken *t)
{
	const struct site_verify *other = schedule_other(t, v, doors);

	if (!c->facts->verify_table) {
		compiler_refuse(c, REFUSED_VERIFY, v->id, "The unit has no verify schedules");
		return false;
	}
	if (other) {
		compiler_refuse(c, REFUSED_VERIFY, v->id,
				"Verify schedule %lld is for the same door%s already",
				(long long)other->id, v->people ? " and person" : "");
		return false;
	}
	return modes_fit(c, v);
}

void compiler_verifies_write(struct compiler *c)
{
	size_t n = c->site->verifies;
	const void **at = compiler_ordered(c, c->site->verify, n, sizeof(*c->site->verify));
	struct verify_taken t = { .of = calloc(n + 1, sizeof(*t.of)),
				  .mask = calloc(n + 1, sizeof(*t.mask)) };

	c->no_memory = c->no_memory || t.of == NULL || t.mask == NULL;
	for (size_t i = 0; at && i < n && !c->no_memory; i++) {
		const struct site_verify *v = at[i];
		uint32_t doors;
		int64_t slot;

		if (!compiler_doors(c, REFUSED_VERIFY, v->id, v->door, v->doors, &doors) ||
		    doors == 0 || !schedule_fits(c, v, doors, &t))
			continue;
		slot = compiler_slot(c, SLOT_VERIFY, v->id, 0, SCHEDULES_MOST);
		if (slot == 0) {
			compiler_refuse(c, REFUSED_VERIFY, v->id,
					"The unit holds %d verify schedules", SCHEDULES_MOST);
			continue;
		}
		t.of[t.n] = v;
		t.mask[t.n++] = doors;
		schedule_hold(c, v, doors, slot);
	}
	free(t.of);
	free(t.mask);
	free(at);
}
