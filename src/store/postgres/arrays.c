/* The rows of a transaction as arrays of the server's types, in the binary form that array_recv of
 * its source reads. */
#include "store/postgres/ledger.h"

#include <stdlib.h>

/* Types of the server, by their numbers in its catalogue. */
enum { PG_INT8 = 20, PG_INT4 = 23, PG_INT2 = 21, PG_BYTEA = 17 };

bool pg_room_make(void *list, size_t n, size_t *room, size_t more, size_t size)
{
	void **at = list;
	size_t want = *room ? *room : 16;

	if (n + more <= *room)
		return true;
	while (want < n + more)
		want *= 2;
	void *grown = realloc(*at, want * size);

	if (grown == NULL)
		return false;
	*at = grown;
	*room = want;
	return true;
}

static bool bytes_room(struct pg_ledger *l, size_t more)
{
	return pg_room_make(&l->bytes, l->bytes_n, &l->bytes_room, more, 1);
}

static void ledger_u32_put(struct pg_ledger *l, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		l->bytes[l->bytes_n++] = (uint8_t)(v >> (24 - 8 * i));
}

/* Dimensions, whether there may be NULL, the type; elements and the first one's number. */
static bool array_begin(struct pg_ledger *l, uint32_t type, size_t n)
{
	if (!bytes_room(l, 20))
		return false;
	ledger_u32_put(l, n > 0);
	ledger_u32_put(l, 1);
	ledger_u32_put(l, type);
	if (n) {
		ledger_u32_put(l, (uint32_t)n);
		ledger_u32_put(l, 1);
	}
	return true;
}

static bool element_int(struct pg_ledger *l, uint32_t size, int64_t v)
{
	if (!bytes_room(l, 12))
		return false;
	ledger_u32_put(l, size);
	for (uint32_t i = 0; i < size; i++)
		l->bytes[l->bytes_n++] = (uint8_t)((uint64_t)v >> (8 * (size - 1 - i)));
	return true;
}

static bool element_null(struct pg_ledger *l)
{
	if (!bytes_room(l, 4))
		return false;
	ledger_u32_put(l, UINT32_MAX);
	return true;
}

static bool element_bytes(struct pg_ledger *l, gh_slice s)
{
	if (!bytes_room(l, 4 + s.n))
		return false;
	ledger_u32_put(l, (uint32_t)s.n);
	if (s.n)
		memcpy(l->bytes + l->bytes_n, s.p, s.n);
	l->bytes_n += s.n;
	return true;
}

enum row_column {
	ROW_DEVICE,
	ROW_TIME,
	ROW_RECEIVED,
	ROW_UTC,
	ROW_STATUS,
	ROW_VERIFY,
	ROW_ZONE,
	ROW_FLAGS,
	ROW_SOURCE,
	ROW_PIN,
	ROW_WORK_CODE,
	ROW_EXTRA,
	ROW_COLUMNS
};

static uint32_t column_type(enum row_column column)
{
	if (column <= ROW_UTC)
		return PG_INT8;
	if (column <= ROW_FLAGS)
		return PG_INT4;
	return column == ROW_SOURCE ? PG_INT2 : PG_BYTEA;
}

static bool element_of(struct pg_ledger *l, const struct pg_row *row, enum row_column column)
{
	const struct punch *p = row->p;

	switch (column) {
	case ROW_DEVICE:
		return element_int(l, 8, p->device);
	case ROW_TIME:
		return element_int(l, 8, p->time);
	case ROW_RECEIVED:
		return element_int(l, 8, p->received_ms);
	case ROW_UTC:
		return p->utc == PUNCH_NO_UTC ? element_null(l) : element_int(l, 8, p->utc);
	case ROW_STATUS:
		return element_int(l, 4, p->status);
	case ROW_VERIFY:
		return element_int(l, 4, p->verify);
	case ROW_ZONE:
		return element_int(l, 4, row->zone);
	case ROW_FLAGS:
		return element_int(l, 4, p->flags);
	case ROW_SOURCE:
		return element_int(l, 2, p->source);
	case ROW_PIN:
		return element_bytes(l, p->pin);
	case ROW_WORK_CODE:
		return element_bytes(l, p->work_code);
	case ROW_EXTRA:
		return p->extra.n ? element_bytes(l, p->extra) : element_null(l);
	case ROW_COLUMNS:
		break;
	}
	return false;
}

static bool column_build(struct pg_ledger *l, enum row_column column)
{
	bool ok = array_begin(l, column_type(column), l->sent);

	for (size_t i = 0; ok && i < l->sent; i++)
		ok = element_of(l, &l->row[i], column);
	return ok;
}

static bool devices_build(struct pg_ledger *l, const struct pg_writer_of *of, size_t n)
{
	bool ok = array_begin(l, PG_INT8, n);

	for (size_t i = 0; ok && i < n; i++)
		ok = element_int(l, 8, of[i].device);
	return ok;
}

void pg_value_set(struct pg_values *v, const void *p, size_t n)
{
	v->value[v->n] = p;
	v->length[v->n] = (int)n;
	v->format[v->n++] = 1;
}

/* Values begin where the one before ends; the buffer may move while it is filled. */
bool pg_arrays_build(struct pg_ledger *l, struct pg_values *v)
{
	size_t end[2 + ROW_COLUMNS], start = 0;
	bool ok;

	l->bytes_n = 0;
	ok = devices_build(l, l->device, l->devices);
	end[0] = l->bytes_n;
	ok = ok && devices_build(l, l->recorded, l->recordeds);
	end[1] = l->bytes_n;
	for (int i = 0; ok && i < ROW_COLUMNS; i++) {
		ok = column_build(l, (enum row_column)i);
		end[2 + i] = l->bytes_n;
	}
	for (int i = 0; ok && i < 2 + ROW_COLUMNS; start = end[i++])
		pg_value_set(v, l->bytes + start, end[i] - start);
	return ok && l->bytes_n <= INT32_MAX;
}
