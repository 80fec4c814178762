/*
 * Compiling what an access unit with four doors by number holds of so many people, and comparing it with what it
 * held before, when one of them lost a door.
 *
 *   bench_access_compile PEOPLE SECONDS
 *     A line of JSON has the CPU time of one compilation and comparison, and what they found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/access/rights/diff.h"

#define DOORS 4

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void result_check(enum gh_err err)
{
	if (err) {
		fprintf(stderr, "%s\n", gh_strerror(err));
		exit(1);
	}
}

static bool change_count(void *ctx, enum row_change change, const struct needed_row *before,
			 const struct needed_row *after)
{
	(void)change;
	(void)before;
	(void)after;
	++*(size_t *)ctx;
	return true;
}

int main(int argc, char **argv)
{
	size_t people = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000, changes = 0, rounds = 0;
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 1, start, spent;
	struct site_person *person = calloc(people, sizeof(*person));
	int64_t *id[DOORS];
	char *pin = calloc(people, 16);
	struct site_card *card = calloc(people, sizeof(*card));
	struct site_door door[DOORS];
	struct site_level level[DOORS] = { 0 };
	struct site_rule rule = { .id = 2, .name = GH_LIT("Office") };
	const struct holiday_days holiday = { 20261225, 20261226, 1, true };
	struct unit_facts facts = { .sn = GH_LIT("A"),
				    .doors = DOORS,
				    .controller = true,
				    .packed_validity = true,
				    .numbered_doors = true };
	struct site site = { .person = person,
			     .people = people,
			     .rule = &rule,
			     .rules = 1,
			     .holiday = &holiday,
			     .holidays = 1,
			     .level = level,
			     .levels = DOORS };
	struct unit_rows before, after;

	result_check(time_table_read(GH_LIT("{\"mon-fri\":[\"08:00-12:00\",\"12:30-18:00\"]}"),
				     GH_LIT("{\"1\":[]}"), &rule.table));
	for (size_t i = 0; i < people; i++) {
		int n = snprintf(pin + i * 16, 16, "%zu", 1000 + i * 7);

		card[i].number = (gh_slice){ (uint8_t *)pin + i * 16, (size_t)n };
		person[i] = (struct site_person){ .id = (int64_t)i + 1,
						  .pin = card[i].number,
						  .name = GH_LIT("Ann Example"),
						  .card = &card[i],
						  .cards = 1 };
	}
	for (int64_t d = 0; d < DOORS; d++) {
		id[d] = calloc(people, sizeof(*id[d]));
		for (size_t i = 0; i < people; i++)
			id[d][i] = (int64_t)i + 1;
		door[d] = (struct site_door){ facts.sn, d + 1 };
		level[d] = (struct site_level){ .id = d + 1,
						.rule = 2,
						.door = &door[d],
						.doors = 1,
						.person = id[d],
						.people = people };
	}
	result_check(site_compile(&site, &facts, NULL, 0, 20261129120000, &before));
	level[0].people--;

	struct held_row *held = calloc(before.rows, sizeof(*held));

	for (size_t i = 0; i < before.rows; i++)
		held[i] = (struct held_row){ .row = before.row[i], .ours = true };
	start = cpu_seconds();
	do {
		changes = 0;
		result_check(site_compile(&site, &facts, before.slot, before.slots,
					  20261129120000, &after));
		result_check(unit_rows_compare(&after, held, before.rows, false, change_count,
					       &changes));
		unit_rows_clear(&after);
		rounds++;
		spent = cpu_seconds() - start;
	} while (spent < seconds);
	printf("{\"people\": %zu, \"rows\": %zu, \"changes\": %zu, \"ms\": %.2f}\n", people,
	       before.rows, changes, spent * 1000 / (double)rounds);
	unit_rows_clear(&before);
	free(held);
	free(person);
	free(card);
	free(pin);
	for (size_t d = 0; d < DOORS; d++)
		free(id[d]);
	return 0;
}
