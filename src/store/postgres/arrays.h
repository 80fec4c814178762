/* Arrays of the server's types, in the binary form that array_recv of its source reads. */
#ifndef GH_STORE_POSTGRES_ARRAYS_H
#define GH_STORE_POSTGRES_ARRAYS_H

#include "store/postgres/conn.h"

/* Types of the server, by their numbers in its catalogue. */
enum { PG_INT8 = 20, PG_INT4 = 23, PG_INT2 = 21, PG_BYTEA = 17 };

struct pg_bytes {
	uint8_t *p;
	size_t n, room;
};

/* Room for `more` elements behind the n that are there; the address is of the pointer to them. */
bool pg_room_make(void *list, size_t n, size_t *room, size_t more, size_t size);
/* One more value, borrowed. */
void pg_value_set(struct pg_values *v, const void *p, size_t n);

/* Begin an array of n elements, and add them one by one. false: no memory. */
bool pg_array_begin(struct pg_bytes *b, uint32_t type, size_t n);
bool pg_element_int(struct pg_bytes *b, uint32_t size, int64_t v);
bool pg_element_null(struct pg_bytes *b);
bool pg_element_bytes(struct pg_bytes *b, gh_slice s);

/* Element i of an array of whole numbers, of 4 or 8 bytes each and without NULL, that the first row has.
 * false: it has no such element. */
bool pg_array_int(const PGresult *r, int column, size_t i, uint32_t size, int64_t *out);

#endif
