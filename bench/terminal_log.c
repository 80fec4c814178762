#include "terminal_log.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire/terminal/attendance.h"
#include "wire/terminal/table.h"

enum { START = 736000000, APART_S = 31, USERS = 1000 };

/* PINs of one to six digits, in no order; times as in a log, always a little later. */
uint8_t *bench_terminal_log(size_t records, size_t *bytes)
{
	struct ghi_terminal_punch_format format = { GHI_PUNCH_40, BENCH_RECORD };
	size_t size = GHI_TERMINAL_TABLE_HEAD + records * BENCH_RECORD;
	uint8_t *p = malloc(size);
	struct ghi_writer w = ghi_writer_on(p, size);
	uint32_t chance = 1;

	if (p == NULL) {
		perror("malloc");
		exit(1);
	}
	ghi_put_u32(&w, (uint32_t)(records * BENCH_RECORD));
	for (size_t i = 0; i < records; i++) {
		struct gh_punch one = { .status = i % 7 == 0, .verify = 1 + i % 2 };

		chance = chance * 1103515245 + 12345;
		one.uid = (uint16_t)(1 + (chance >> 16) % USERS);
		snprintf(one.pin, sizeof(one.pin), "%u", one.uid * (i % 3 ? 1U : 997U));
		one.time_code = START + (uint32_t)i * APART_S;
		ghi_terminal_punch_write(&w, &one, format);
	}
	if (w.err || w.n != size) {
		fprintf(stderr, "the log does not fit\n");
		exit(1);
	}
	*bytes = size;
	return p;
}
