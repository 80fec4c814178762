/* A table as it was at the time of the request, to be read in pieces. The attendance log is made
 * while it is read; the others are small enough to be copied. */
#ifndef GH_SIM_TERMINAL_DATASET_H
#define GH_SIM_TERMINAL_DATASET_H

#include "sim/terminal/device.h"

struct term_dataset {
	uint8_t *p;	/* owned; NULL: the log */
	size_t bytes;	/* head and padding included */
	size_t records; /* bytes of the log */
	uint32_t first;
	uint32_t head; /* the size that the table's head gives */
	uint16_t stride;
};

/* The table of a read request: command and number as in PREPARE_BUFFER. GH_EUNSUPPORTED: there
 * is no such table. */
GH_MUST_CHECK enum gh_err term_dataset_open(struct term_dataset *t, const struct term_device *d,
					    uint16_t command, uint32_t table);
/* A copy of bytes that are no table: without a head. */
void term_dataset_of(struct term_dataset *t, gh_slice bytes);
void term_dataset_close(struct term_dataset *t);

/* n bytes from `offset` on; both lie inside. */
void term_dataset_read(const struct term_dataset *t, const struct term_device *d, size_t offset,
		       uint8_t *to, size_t n);

#endif
