/* Cuts a table that arrives in pieces of any size into its records. A table is 32 bits with the
 * size of the records, the records, and sometimes padding (terminal digest 8.5). */
#ifndef GH_WIRE_TERMINAL_TABLE_H
#define GH_WIRE_TERMINAL_TABLE_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum { GHI_TERMINAL_TABLE_HEAD = 4, GHI_TERMINAL_ENTRY_SIZED = 0 };

struct ghi_terminal_table {
	gh_slice piece;	  /* what is left of the one being cut */
	uint8_t *carry;	  /* a record that began in an earlier piece */
	size_t carry_cap; /* at least the longest record */
	size_t carried;
	uint64_t total;	   /* bytes announced for the whole table, its head included */
	uint64_t taken;	   /* bytes of it that were looked at */
	uint64_t declared; /* bytes of records that there can be */
	uint64_t missing;  /* bytes the head claims beyond what was announced */
	uint64_t surplus;  /* bytes that were announced beyond what the head claims */
	size_t stride; /* bytes of a record; GHI_TERMINAL_ENTRY_SIZED: each entry has it, 16 bits */
	bool head;     /* the head was read */
};

/* `carry` is borrowed as long as the table is used. */
void ghi_terminal_table_init(struct ghi_terminal_table *t, uint64_t total, uint8_t *carry,
			     size_t carry_cap);

/* Give the next piece; the one before must be cut to the end. Borrowed until then. The first
 * piece must hold the head, which is then read: GH_EMALFORMED if it does not. A head that claims
 * more than the device announced is an error at the end, after the records. */
GH_MUST_CHECK enum gh_err ghi_terminal_table_give(struct ghi_terminal_table *t, gh_slice piece);

/* GH_OK: *record is the next one, borrowed until the next call on t. GH_ETRUNCATED: give the
 * next piece, or finish. GH_EMALFORMED: an entry's size cannot be. */
GH_MUST_CHECK enum gh_err ghi_terminal_table_next_any(struct ghi_terminal_table *t,
						      gh_slice *record);

static inline GH_MUST_CHECK enum gh_err ghi_terminal_table_next(struct ghi_terminal_table *t,
								gh_slice *record)
{
	/* Nearly always: a record of the usual size lies whole in the piece. */
	if (t->stride && t->carried == 0 && t->stride <= t->piece.n &&
	    t->stride <= t->declared - t->taken) {
		*record = (gh_slice){ t->piece.p, t->stride };
		t->piece = gh_slice_from(t->piece, t->stride);
		t->taken += t->stride;
		return GH_OK;
	}
	return ghi_terminal_table_next_any(t, record);
}

/* No more pieces: GH_OK if every declared record came out. GH_ETRUNCATED: some are missing, or
 * more bytes came than the head declares, enough for a record.
 * GH_EMALFORMED: the declared bytes do not end where a record ends (`excess` of them are
 * left over); the caller decides whether that is padding. */
GH_MUST_CHECK enum gh_err ghi_terminal_table_finish(const struct ghi_terminal_table *t,
						    size_t *excess);

#endif
