#include "wire/terminal/table.h"

#include "base/reader.h"

/* Entries that give their own sizes are never so small: less behind the last one is padding. */
enum { ENTRY_LEAST = 64 };

void ghi_terminal_table_init(struct ghi_terminal_table *t, uint64_t total, uint8_t *carry,
			     size_t carry_cap)
{
	*t = (struct ghi_terminal_table){
		.total = total,
		.carry = carry,
		.carry_cap = carry_cap,
	};
}

static enum gh_err table_head_read(struct ghi_terminal_table *t)
{
	struct ghi_reader r = ghi_reader_on(t->piece);

	/* A table without records may be without its head, too. */
	if (t->total == 0) {
		t->head = true;
		return GH_OK;
	}
	t->declared = ghi_u32(&r);
	if (r.err)
		return GH_EMALFORMED;
	t->piece = gh_slice_from(t->piece, GHI_TERMINAL_TABLE_HEAD);
	/* Zero in front of records: the device left the head empty (terminal digest 13.4). */
	if (t->declared == 0 && t->total > GHI_TERMINAL_TABLE_HEAD)
		t->declared = t->total - GHI_TERMINAL_TABLE_HEAD;
	if (t->total < GHI_TERMINAL_TABLE_HEAD)
		return GH_EMALFORMED;
	if (t->declared > t->total - GHI_TERMINAL_TABLE_HEAD) {
		t->missing = t->declared - (t->total - GHI_TERMINAL_TABLE_HEAD);
		t->declared -= t->missing;
	}
	t->surplus = t->total - GHI_TERMINAL_TABLE_HEAD - t->declared;
	t->head = true;
	return GH_OK;
}

enum gh_err ghi_terminal_table_give(struct ghi_terminal_table *t, gh_slice piece)
{
	t->piece = piece;
	return t->head ? GH_OK : table_head_read(t);
}

/* The size of the record whose first bytes these are; 0: more bytes are needed. An entry size of
 * 0 is returned as 1, which is equally impossible. */
static size_t size_of(const struct ghi_terminal_table *t, const uint8_t *p, size_t n)
{
	size_t size;

	if (t->stride)
		return t->stride;
	if (n < 2)
		return 0;
	size = (size_t)(p[0] | p[1] << 8);
	return size ? size : 1;
}

static bool table_is_bad(const struct ghi_terminal_table *t, size_t size)
{
	return size > t->carry_cap || (t->stride == 0 && size < 2);
}

/* Move up to n bytes of the piece behind those carried. */
static void table_carry(struct ghi_terminal_table *t, size_t n)
{
	n = n < t->piece.n ? n : t->piece.n;
	if (n)
		memcpy(t->carry + t->carried, t->piece.p, n);
	t->carried += n;
	t->piece = gh_slice_from(t->piece, n);
}

enum gh_err ghi_terminal_table_next_any(struct ghi_terminal_table *t, gh_slice *record)
{
	uint64_t left = t->declared - t->taken;
	size_t size;

	if (left < (t->stride ? t->stride : 2)) /* all that may follow is padding */
		t->piece.n = 0;
	if (t->piece.n == 0)
		return GH_ETRUNCATED;
	if (t->carried == 0) {
		size = size_of(t, t->piece.p, t->piece.n);
		if (size && table_is_bad(t, size))
			return GH_EMALFORMED;
		if (size && size <= t->piece.n && size <= left) {
			*record = (gh_slice){ t->piece.p, size };
			t->piece = gh_slice_from(t->piece, size);
			t->taken += size;
			return GH_OK;
		}
	}
	if (t->stride == 0 && t->carried < 2)
		table_carry(t, 2 - t->carried);
	size = size_of(t, t->carry, t->carried);
	if (size == 0)
		return GH_ETRUNCATED;
	if (table_is_bad(t, size))
		return GH_EMALFORMED;
	if (size > left) { /* what stands here is padding */
		t->piece.n = 0;
		return GH_ETRUNCATED;
	}
	table_carry(t, size - t->carried);
	if (t->carried < size)
		return GH_ETRUNCATED;
	*record = (gh_slice){ t->carry, size };
	t->carried = 0;
	t->taken += size;
	return GH_OK;
}

enum gh_err ghi_terminal_table_finish(const struct ghi_terminal_table *t, size_t *excess)
{
	uint64_t left = t->declared - t->taken;

	*excess = (size_t)(left + t->missing);
	if (t->missing || t->surplus >= (t->stride ? t->stride : ENTRY_LEAST))
		return GH_ETRUNCATED;
	if (left == 0)
		return GH_OK;
	if (t->stride && left < t->stride)
		return GH_EMALFORMED;
	return GH_ETRUNCATED;
}
