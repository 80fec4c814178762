/* The number of orders of a plan is compared with the least that a search over all sequences of orders finds. The
 * search has orders by what they do to a device, and is written from the documents. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

/* What one person may have on this device: three fingers, two palms, a face and its photo. */
enum { FINGER_0, FINGER_1, FINGER_2, PALM_0, PALM_1, FACE, PHOTO, PLACES };
enum { PERSON = PLACES, MEMBERS };
/* What is at a place: nothing; what is to be there; something else, put there from here, or by others. */
enum { NOTHING, RIGHT, OURS, OTHERS, VALUES };
enum { STATES = 1 << (2 * MEMBERS) };

static const struct {
	const char *word, *pairs;
	int64_t type, no, version;
} places[PLACES] = {
	[FINGER_0] = { "FINGERTMP", "PIN=7\tFID=0\tValid=1\tTMP=%s", 1, 0, 10 },
	[FINGER_1] = { "FINGERTMP", "PIN=7\tFID=1\tValid=1\tTMP=%s", 1, 1, 10 },
	[FINGER_2] = { "FINGERTMP", "PIN=7\tFID=2\tValid=1\tTMP=%s", 1, 2, 10 },
	[PALM_0] = { "BIODATA", "Pin=7\tNo=0\tIndex=0\tType=8\tMajorVer=5\tTmp=%s", 8, 0, 5 },
	[PALM_1] = { "BIODATA", "Pin=7\tNo=1\tIndex=0\tType=8\tMajorVer=5\tTmp=%s", 8, 1, 5 },
	[FACE] = { "BIODATA", "Pin=7\tNo=0\tIndex=0\tType=9\tMajorVer=40\tTmp=%s", 9, 0, 40 },
	[PHOTO] = { "USERPIC", "PIN=7\tContent=%s", 0, 0, 0 },
};

struct search {
	int first[MEMBERS]; /* what is there */
	bool target[MEMBERS];
	uint8_t steps[STATES];
	uint32_t queue[STATES];
};

static int value_of(uint32_t state, int place)
{
	return (int)(state >> (2 * place) & 3);
}

static uint32_t value_set(uint32_t state, int place, int value)
{
	return (state & ~(UINT32_C(3) << (2 * place))) | (uint32_t)value << (2 * place);
}

/* Whether nothing of these is there as it is to be, or put there by others with no target in its place. */
static bool may_delete(const struct search *s, uint32_t places_mask)
{
	for (int i = 0; i < PLACES; i++) {
		if (!(places_mask >> i & 1))
			continue;
		if ((s->first[i] == RIGHT && s->target[i]) ||
		    (s->first[i] == OTHERS && !s->target[i]))
			return false;
	}
	return true;
}

static uint32_t places_empty(uint32_t state, uint32_t places_mask)
{
	for (int i = 0; i < PLACES; i++)
		if (places_mask >> i & 1)
			state = value_set(state, i, NOTHING);
	return state;
}

static bool is_goal(const struct search *s, uint32_t state)
{
	for (int i = 0; i < MEMBERS; i++) {
		int v = value_of(state, i);

		if (s->target[i] ? v != RIGHT : v == OURS)
			return false;
	}
	return true;
}

static void search_visit(struct search *s, size_t *queued, uint32_t state, uint8_t steps)
{
	if (s->steps[state])
		return;
	s->steps[state] = (uint8_t)(steps + 1);
	s->queue[(*queued)++] = state;
}

/* Deletions that the device has: of one place, of all fingers, of all palms, of all unified templates. */
static const uint32_t deletions[] = {
	1u << FINGER_0, 1u << FINGER_1, 1u << FINGER_2, 1u << PALM_0, 1u << PALM_1,
	1u << FACE,	1u << PHOTO,	7u << FINGER_0, 3u << PALM_0, 7u << PALM_0,
};

static uint8_t search_least(struct search *s)
{
	uint32_t start = 0;
	size_t queued = 0;

	memset(s->steps, 0, sizeof(s->steps));
	for (int i = 0; i < MEMBERS; i++)
		start = value_set(start, i, s->first[i]);
	search_visit(s, &queued, start, 0);
	for (size_t at = 0; at < queued; at++) {
		uint32_t state = s->queue[at];
		uint8_t steps = s->steps[state];

		if (is_goal(s, state))
			return (uint8_t)(steps - 1);
		for (int i = 0; i < MEMBERS; i++)
			if (s->target[i])
				search_visit(s, &queued, value_set(state, i, RIGHT), steps);
		for (size_t i = 0; i < sizeof(deletions) / sizeof(deletions[0]); i++)
			if (may_delete(s, deletions[i]))
				search_visit(s, &queued, places_empty(state, deletions[i]),
					     steps);
	}
	return UINT8_MAX;
}

static const char *const content_of[VALUES] = { NULL, "QUJDRA==", "RUZHSElK", "S0xNTg==" };

static void world_set(struct world *w, const struct search *s)
{
	char pairs[120];

	device_bio_option_see(&w->device.bio, GH_LIT("FPVersion"), GH_LIT("10"));
	device_bio_option_see(&w->device.bio, GH_LIT("MultiBioVersion"),
			      GH_LIT("0:0:0:0:0:0:0:0:5:40"));
	snprintf(pairs, sizeof(pairs), "PIN=7\tName=%s",
		 s->first[PERSON] == RIGHT ? "Ann" : "Bob");
	there_put(w, "USERINFO", pairs, true);
	(void)target_person(w, "7", "Ann");
	for (int i = 0; i < PLACES; i++) {
		if (s->target[i] && i == PHOTO)
			(void)target_photo(w, "7", "user", 0, "ABCD");
		else if (s->target[i])
			(void)target_template(w, "7", places[i].type, places[i].no, 0,
					      content_of[RIGHT], places[i].version);
		if (s->first[i] == NOTHING)
			continue;
		snprintf(pairs, sizeof(pairs), places[i].pairs, content_of[s->first[i]]);
		there_put(w, places[i].word, pairs, s->first[i] != OTHERS);
	}
	world_sort(w);
}

static void no_sequence_of_orders_is_shorter(void **state)
{
	static struct search s;
	static struct world w;
	struct sync_plan plan;

	(void)state;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		world_begin(&w, seed);
		for (int i = 0; i < PLACES; i++) {
			s.target[i] = sim_chance(&w.chance, 500);
			/* What is in no target is not right. */
			do
				s.first[i] = (int)sim_below(&w.chance, VALUES);
			while (!s.target[i] && s.first[i] == RIGHT);
		}
		s.target[PERSON] = true;
		s.first[PERSON] = sim_chance(&w.chance, 500) ? RIGHT : OURS;
		world_set(&w, &s);
		world_plan(&w, &plan);
		world_claim(&w, plan.orders == search_least(&s), "the plan is the shortest");
		world_end(&w);
	}
}

/* 94 templates are enrolled at one of 53 devices: its predecessor made 9,776 commands of them. */
static void enrolments_need_no_more_than_what_each_device_lacks(void **state)
{
	static struct world w;
	struct sync_plan plan;
	size_t orders = 0, lacked = 0;

	(void)state;
	for (uint64_t device = 1; device <= 52; device++) {
		world_begin(&w, device);
		device_bio_option_see(&w.device.bio, GH_LIT("FPVersion"), GH_LIT("10"));
		for (int i = 0; i < 47; i++) {
			char pin[8], pairs[80];

			snprintf(pin, sizeof(pin), "%d", 100 + i);
			(void)target_person(&w, pin, "Ann");
			snprintf(pairs, sizeof(pairs), "PIN=%s\tName=Ann", pin);
			there_put(&w, "USERINFO", pairs, true);
			for (int finger = 0; finger < 2; finger++) {
				(void)target_template(&w, pin, 1, finger, 0, "QUJDRA==", 10);
				if (sim_chance(&w.chance, 500)) {
					lacked++;
					continue;
				}
				snprintf(pairs, sizeof(pairs),
					 "PIN=%s\tFID=%d\tTMP=QUJDRA==", pin, finger);
				there_put(&w, "FINGERTMP", pairs, true);
			}
		}
		world_sort(&w);
		world_plan(&w, &plan);
		orders += plan.orders;
		world_end(&w);
	}
	assert_int_equal(orders, lacked);
	assert_true(orders < 52 * 94);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_sequence_of_orders_is_shorter),
		cmocka_unit_test(enrolments_need_no_more_than_what_each_device_lacks),
	};

	return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
