/*
 * The plan of a device for so many people with two fingerprints each: where it holds all but what a hundredth of them
 * lost, where it holds nothing, and where all of the latter's orders wait for it.
 *
 *   bench_sync_plan PEOPLE SECONDS
 *     A line of JSON has the CPU time of one plan of each, and how many orders it has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/sync/sync.h"

enum { FINGERS = 2, ITEMS = 1 + FINGERS, PIN = 16, TEMPLATE = 1600, CHANGED = 100 };

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct crowd {
	size_t n;
	char *pin, *data;
	struct person *person;
	struct template *template;
	struct sync_item *item, *held;
	size_t helds;
	struct sync_waiting *waiting;
	size_t waitings;
};

static void person_make(struct crowd *p, size_t i)
{
	char *pin = p->pin + i * PIN;
	gh_slice text = { (uint8_t *)pin, (size_t)snprintf(pin, PIN, "%08zu", i) };

	p->person[i] = (struct person){ .pin = text,
					.name = GH_LIT("Ann Example"),
					.card = text,
					.group_id = GH_LIT("1") };
	p->person[i].present = UINT64_C(1) << PERSON_pin | UINT64_C(1) << PERSON_name |
			       UINT64_C(1) << PERSON_card | UINT64_C(1) << PERSON_group_id |
			       UINT64_C(1) << PERSON_privilege;
	p->item[i * ITEMS] = (struct sync_item){ .kind = KIND_PERSON, .record = &p->person[i] };
	for (size_t f = 0; f < FINGERS; f++) {
		struct template *t = &p->template[i * FINGERS + f];
		char *data = p->data + (i * FINGERS + f) * TEMPLATE;

		memset(data, 'A' + (int)(i % 26), TEMPLATE);
		*t = (struct template){ .pin = text,
					.source = GH_LIT("fp"),
					.type = 1,
					.no = (int64_t)f,
					.data = { (uint8_t *)data, TEMPLATE },
					.major_ver = 10 };
		t->present = UINT64_C(1) << TEMPLATE_pin | UINT64_C(1) << TEMPLATE_source |
			     UINT64_C(1) << TEMPLATE_type | UINT64_C(1) << TEMPLATE_no |
			     UINT64_C(1) << TEMPLATE_data | UINT64_C(1) << TEMPLATE_major_ver |
			     UINT64_C(1) << TEMPLATE_content_fault;
		p->item[i * ITEMS + 1 + f] =
			(struct sync_item){ .kind = KIND_TEMPLATE, .record = t };
	}
}

/* The device lacks the second finger of some, and has others who are there no more. */
static void held_make(struct crowd *p)
{
	for (size_t i = 0; i < p->n * ITEMS; i++) {
		if (i / ITEMS % CHANGED == 0 && i % ITEMS == 2)
			continue;
		p->held[p->helds] = p->item[i];
		p->held[p->helds++].ours = true;
	}
}

static double plan_ms(struct crowd *p, const struct sync_device *d, size_t helds,
		      double seconds, size_t *orders)
{
	struct sync_input in = { .device = d,
				 .target = p->item,
				 .targets = p->n * ITEMS,
				 .held = p->held,
				 .helds = helds,
				 .waiting = p->waiting,
				 .waitings = p->waitings };
	double start = cpu_seconds(), spent = 0;
	size_t rounds = 0;

	while (spent < seconds) {
		struct arena a = { 0 };
		struct sync_plan plan;

		if (sync_plan_make(&in, &a, &plan)) {
			fprintf(stderr, "%s\n", plan.fault ? plan.fault : "no memory");
			exit(1);
		}
		*orders = plan.orders;
		ghi_arena_clear(&a);
		rounds++;
		spent = cpu_seconds() - start;
	}
	return spent * 1000 / (double)rounds;
}

/* All orders of a device that holds nothing wait. `a` has their arguments. */
static void waiting_make(struct crowd *p, const struct sync_device *d, struct arena *a)
{
	struct sync_input in = { .device = d, .target = p->item, .targets = p->n * ITEMS };
	struct sync_plan plan;

	if (sync_plan_make(&in, a, &plan))
		exit(1);
	p->waiting = ghi_arena_alloc(a, (plan.orders + 1) * sizeof(*p->waiting));
	if (p->waiting == NULL)
		exit(1);
	for (size_t i = 0; i < plan.orders; i++)
		p->waiting[p->waitings++] = (struct sync_waiting){
			.id = (int64_t)i + 1,
			.kind = plan.order[i].kind,
			.arguments = plan.order[i].arguments,
			.ours = true,
		};
}

int main(int argc, char **argv)
{
	struct crowd p = { .n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000 };
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 1;
	struct sync_device d = { .bio = device_bio_unknown(), .people = -1 };
	struct arena a = { 0 };
	size_t changed, all, more;

	p.pin = calloc(p.n, PIN);
	p.data = calloc(p.n * FINGERS, TEMPLATE);
	p.person = calloc(p.n, sizeof(*p.person));
	p.template = calloc(p.n * FINGERS, sizeof(*p.template));
	p.item = calloc(p.n * ITEMS, sizeof(*p.item));
	p.held = calloc(p.n * ITEMS, sizeof(*p.held));
	if (!p.pin || !p.data || !p.person || !p.template || !p.item || !p.held)
		return 1;
	device_bio_option_see(&d.bio, GH_LIT("FPVersion"), GH_LIT("10"));
	for (size_t i = 0; i < p.n; i++)
		person_make(&p, i);
	held_make(&p);
	double ms = plan_ms(&p, &d, p.helds, seconds, &changed),
	       empty_ms = plan_ms(&p, &d, 0, seconds, &all);

	waiting_make(&p, &d, &a);
	double waiting_ms = plan_ms(&p, &d, 0, seconds, &more);

	printf("{\"people\":%zu,\"ms\":%.2f,\"orders\":%zu,\"empty_ms\":%.2f,\"empty_orders\":%"
	       "zu,"
	       "\"waiting_ms\":%.2f,\"waiting_orders\":%zu}\n",
	       p.n, ms, changed, empty_ms, all, waiting_ms, more);
	ghi_arena_clear(&a);
	free(p.pin);
	free(p.data);
	free(p.person);
	free(p.template);
	free(p.item);
	free(p.held);
	return 0;
}
