/* The rows of a transaction as arrays of the server's types, in the binary form that array_recv of
 * its source reads. */
#include "store/postgres/ledger.h"

#include <stdlib.h>

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

static bool bytes_room(struct pg_bytes *b, size_t more)
{
	return pg_room_make(&b->p, b->n, &b->room, more, 1);
}

static void bytes_u32_put(struct pg_bytes *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		b->p[b->n++] = (uint8_t)(v >> (24 - 8 * i));
}

bool pg_array_begin(struct pg_bytes *b, uint32_t type, size_t n)
{
	if (!bytes_room(b, 20))
		return false;
	bytes_u32_put(b, n > 0);
	bytes_u32_put(b, 1);
	bytes_u32_put(b, type);
	if (n) {
		bytes_u32_put(b, (uint32_t)n);
		bytes_u32_put(b, 1);
	}
	return true;
}

bool pg_element_int(struct pg_bytes *b, uint32_t size, int64_t v)
{
	if (!bytes_room(b, 12))
		return false;
	bytes_u32_put(b, size);
	for (uint32_t i = 0; i < size; i++)
		b->p[b->n++] = (uint8_t)((uint64_t)v >> (8 * (size - 1 - i)));
	return true;
}

bool pg_element_null(struct pg_bytes *b)
{
	if (!bytes_room(b, 4))
		return false;
	bytes_u32_put(b, UINT32_MAX);
	return true;
}

bool pg_element_bytes(struct pg_bytes *b, gh_slice s)
{
	if (!bytes_room(b, 4 + s.n))
		return false;
	bytes_u32_put(b, (uint32_t)s.n);
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return true;
}

static uint32_t bytes_u32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool pg_array_int(const PGresult *r, int column, size_t i, uint32_t size, int64_t *out)
{
	const uint8_t *p = (const uint8_t *)PQgetvalue(r, 0, column);
	size_t length = (size_t)PQgetlength(r, 0, column), step = 4 + size;

	if (20 + step * (i + 1) > length)
		return false;
	p += 20 + step * i + 4;
	*out = size == 4 ? (int64_t)bytes_u32_get(p)
			 : (int64_t)((uint64_t)bytes_u32_get(p) << 32 | bytes_u32_get(p + 4));
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
		return pg_element_int(&l->bytes, 8, p->device);
	case ROW_TIME:
		return pg_element_int(&l->bytes, 8, p->time);
	case ROW_RECEIVED:
		return pg_element_int(&l->bytes, 8, p->received_ms);
	case ROW_UTC:
		return p->utc == PUNCH_NO_UTC ? pg_element_null(&l->bytes)
					      : pg_element_int(&l->bytes, 8, p->utc);
	case ROW_STATUS:
		return pg_element_int(&l->bytes, 4, p->status);
	case ROW_VERIFY:
		return pg_element_int(&l->bytes, 4, p->verify);
	case ROW_ZONE:
		return pg_element_int(&l->bytes, 4, row->zone);
	case ROW_FLAGS:
		return pg_element_int(&l->bytes, 4, p->flags);
	case ROW_SOURCE:
		return pg_element_int(&l->bytes, 2, p->source);
	case ROW_PIN:
		return pg_element_bytes(&l->bytes, p->pin);
	case ROW_WORK_CODE:
		return pg_element_bytes(&l->bytes, p->work_code);
	case ROW_EXTRA:
		return p->extra.n ? pg_element_bytes(&l->bytes, p->extra)
				  : pg_element_null(&l->bytes);
	case ROW_COLUMNS:
		break;
	}
	return false;
}

static bool column_build(struct pg_ledger *l, enum row_column column)
{
	bool ok = pg_array_begin(&l->bytes, column_type(column), l->sent);

	for (size_t i = 0; ok && i < l->sent; i++)
		ok = element_of(l, &l->row[i], column);
	return ok;
}

static bool devices_build(struct pg_ledger *l, const struct pg_writer_of *of, size_t n)
{
	bool ok = pg_array_begin(&l->bytes, PG_INT8, n);

	for (size_t i = 0; ok && i < n; i++)
		ok = pg_element_int(&l->bytes, 8, of[i].device);
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

	l->bytes.n = 0;
	ok = devices_build(l, l->device, l->devices);
	end[0] = l->bytes.n;
	ok = ok && devices_build(l, l->recorded, l->recordeds);
	end[1] = l->bytes.n;
	for (int i = 0; ok && i < ROW_COLUMNS; i++) {
		ok = column_build(l, (enum row_column)i);
		end[2 + i] = l->bytes.n;
	}
	for (int i = 0; ok && i < 2 + ROW_COLUMNS; start = end[i++])
		pg_value_set(v, l->bytes.p + start, end[i] - start);
	return ok && l->bytes.n <= INT32_MAX;
}
