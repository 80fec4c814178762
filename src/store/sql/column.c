/* The columns of the lists: those of column.def, and those of the model's tables. */
#include "store/store.h"

#define IS_NUMBER false
#define IS_TEXT true
#define IS_INT false
#define IS_TIME false
#define IS_BYTES true

/* What is not part of the key may be NULL. */
#define NOT_NULL_TEXT(member) "coalesce(r." member ", '')"
#define NOT_NULL_BYTES(member) "coalesce(r." member ", '')"
#define NOT_NULL_INT(member) "coalesce(r." member ", -9223372036854775807)"
#define NOT_NULL_TIME(member) "coalesce(r." member ", -1)"

#define USE_TEXT (COLUMN_SORT | COLUMN_SEARCH | COLUMN_FACET)
#define USE_INT (COLUMN_SORT | COLUMN_FACET)
#define USE_TIME COLUMN_SORT
#define USE_BYTES 0

#define RECORD_FIRST(kind)                                                               \
	{ STORE_RECORDS + KIND_##kind, "id", "r.id", false, COLUMN_SORT },               \
		{ STORE_RECORDS + KIND_##kind, "deviceSerial", "d.sn", true, USE_TEXT }, \
		{ STORE_RECORDS + KIND_##kind, "receivedAt", "r.received_ms", false,     \
		  COLUMN_SORT },
#define ENTITY_FIRST(kind) { STORE_ENTITIES + ENTITY_##kind, "id", "r.id", false, COLUMN_SORT },
#define RECORD_COLUMN(list, member, json, type, flags)                                        \
	{ list, json, (flags)&MODEL_KEY ? "r." #member : NOT_NULL_##type(#member), IS_##type, \
	  (flags)&MODEL_SECRET ? 0                                                            \
	  : (flags)&MODEL_JSON ? (flags)&MODEL_REF ? 0 : COLUMN_SEARCH                        \
			       : USE_##type },

/* As person_state.def has them. */
#define PERSON_STATE_OF(c)                                                                   \
	"CAST(CASE " c ".state WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN" \
	" 6 THEN 4 ELSE 3 END AS bigint)"

/* As event_class_of() has them, in the order of enum event_class. */
#define ACCESS_CLASS                                                                \
	"CAST(CASE WHEN a.event BETWEEN 0 AND 19 OR a.event BETWEEN 200 AND 253 OR" \
	" a.event BETWEEN 4000 AND 4999 THEN 0 WHEN a.event BETWEEN 20 AND 99 OR"   \
	" a.event BETWEEN 5000 AND 5999 THEN 1 WHEN a.event BETWEEN 100 AND 199 OR" \
	" a.event BETWEEN 6000 AND 6999 THEN 2 WHEN a.event < 0 THEN -1 ELSE 3 END" \
	" AS bigint)"

static const struct store_column columns[] = {
#define COLUMN(list, name, type, sql, use) { STORE_##list, name, sql, IS_##type, use },
#include "store/sql/column.def"
#undef COLUMN
#define MODEL_RECORD(name, NAME, plural) RECORD_FIRST(NAME)
#define MODEL_FIELD(NAME, member, json, type, flags) \
	RECORD_COLUMN(STORE_RECORDS + KIND_##NAME, member, json, type, flags)
#include "model/record.def"
#define MODEL_RECORD(name, NAME, plural) ENTITY_FIRST(NAME)
#define MODEL_FIELD(NAME, member, json, type, flags) \
	RECORD_COLUMN(STORE_ENTITIES + ENTITY_##NAME, member, json, type, flags)
#include "model/entity.def"
};

const struct store_column *store_columns(enum store_list list, size_t *n)
{
	size_t first = 0, end, all = sizeof(columns) / sizeof(columns[0]);

	while (first < all && columns[first].list != list)
		first++;
	for (end = first; end < all && columns[end].list == list;)
		end++;
	*n = end - first;
	return &columns[first < all ? first : 0];
}

const struct store_column *store_column_find(enum store_list list, gh_slice name)
{
	size_t n;
	const struct store_column *c = store_columns(list, &n);

	for (size_t i = 0; i < n; i++)
		if (c[i].use && gh_slice_eq(name, gh_slice_of(c[i].name)))
			return &c[i];
	return NULL;
}
