/*
 * The parser of a terminal's log by itself: a table of punches in memory is cut into records and
 * each becomes a struct gh_punch, in the pieces and by the functions that the library uses
 * between its socket and gh_terminal_punches_next().
 *
 *   bench_terminal_parse RECORDS SECONDS
 *     A line of JSON has the bytes parsed and the CPU time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "terminal_log.h"
#include "wire/terminal/attendance.h"
#include "wire/terminal/conversation.h"
#include "wire/terminal/table.h"

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void parse_check(enum gh_err err)
{
	if (err) {
		fprintf(stderr, "%s\n", gh_strerror(err));
		exit(1);
	}
}

static uint64_t log_parse(gh_slice all)
{
	struct ghi_terminal_punch_format format;
	uint8_t carry[GHI_TERMINAL_PUNCH_MAX];
	struct ghi_terminal_table table;
	struct ghi_terminal_day day = { 0 };
	struct gh_punch p = { 0 };
	size_t excess = 0;
	uint64_t sum = 0;

	ghi_terminal_table_init(&table, all.n, carry, sizeof(carry));
	for (size_t at = 0; at < all.n;) {
		size_t n = all.n - at < GHI_CHUNK_TCP ? all.n - at : GHI_CHUNK_TCP;
		gh_slice record;

		parse_check(ghi_terminal_table_give(&table, (gh_slice){ all.p + at, n }));
		if (at == 0) {
			parse_check(ghi_terminal_punch_format_of(
				table.piece, (size_t)table.declared,
				(int32_t)(table.declared / BENCH_RECORD), 0, &format));
			table.stride = format.size;
		}
		while (ghi_terminal_table_next(&table, &record) == GH_OK) {
			ghi_terminal_punch_parse(record.p, format, &day, &p);
			sum += p.time.second ^ p.time_code ^ (uint8_t)p.pin[0];
		}
		at += n;
	}
	parse_check(ghi_terminal_table_finish(&table, &excess));
	return sum;
}

int main(int argc, char **argv)
{
	size_t records = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, bytes = 0;
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 0, start, took;
	uint64_t sum;
	uint8_t *log;
	gh_slice all;

	if (records == 0 || seconds <= 0) {
		fprintf(stderr, "usage: %s RECORDS SECONDS\n", argv[0]);
		return 2;
	}
	log = bench_terminal_log(records, &all.n);
	all.p = log;
	sum = log_parse(all);
	start = cpu_seconds();
	do {
		sum += log_parse(all);
		bytes += all.n;
		took = cpu_seconds() - start;
	} while (took < seconds);
	printf("{\"bytes\": %zu, \"seconds\": %.6f, \"ns_per_record\": %.2f, \"sum\": %" PRIu64
	       "}\n",
	       bytes, took, took * 1e9 * BENCH_RECORD / (double)bytes, sum);
	free(log);
	return 0;
}
