/* A table that streams in, record by record: what all iterators are made of. */
#ifndef GH_CLIENT_READING_H
#define GH_CLIENT_READING_H

#include "client/handle.h"
#include "wire/terminal/table.h"

/* The requests of a read: buffered, and direct if the device refuses the first. */
struct ghi_source {
	uint16_t command; /* of the buffered read, and its table */
	uint32_t table, extra;
	uint16_t direct; /* command of the direct read; 0: there is none */
	gh_slice direct_data;
};

enum { GHI_READING_TAIL = 64 };

struct ghi_reading {
	struct gh_terminal *t;
	const struct ghi_source *source;
	struct ghi_terminal_table table;
	const char *attempt;
	enum gh_err over; /* GH_EEND, or what it failed with; from then on the only answer */
	/* Over a new connection a buffered read goes on where it was. The last bytes are read
	 * once more: if they are not the same, the table is not. */
	bool buffered;
	unsigned resumed; /* times without getting on */
	size_t since;	  /* bytes that came since the last time */
	uint8_t tail[GHI_READING_TAIL];
	size_t tail_n, verify;
	bool padding_fine; /* a rest too short for a record is no loss */
	uint8_t *carry;	   /* for records that begin in one piece and end in another */
};

/* Begin: the device has answered and the first piece, if there is any, is in table.piece (also
 * when there are no records). s outlives the reading. longest: bytes of the longest record. On
 * failure nothing is held.
 */
GH_MUST_CHECK enum gh_err ghi_reading_open(struct ghi_reading *r, struct gh_terminal *t,
					   const char *attempt, const struct ghi_source *s,
					   size_t longest);

/* The next record, borrowed. GH_EEND: no more, and everything announced has arrived. */
GH_MUST_CHECK enum gh_err ghi_reading_next_any(struct ghi_reading *r, gh_slice *record);

static inline GH_MUST_CHECK enum gh_err ghi_reading_next(struct ghi_reading *r,
							 gh_slice *record)
{
	if (r->over == GH_OK && ghi_terminal_table_next(&r->table, record) == GH_OK)
		return GH_OK;
	return ghi_reading_next_any(r, record);
}

/* End it, also half-way: the device drops the rest. Gives the handle back. */
void ghi_reading_close(struct ghi_reading *r);

#endif
