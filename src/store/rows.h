/* Lists of what is stored, sorted and filtered by any column: one kind of query and one way to
 * read the result for all of them. Each list has a table of its columns (sql/column.def, and for
 * records the model's tables). */
#ifndef GH_STORE_ROWS_H
#define GH_STORE_ROWS_H

#include "base/slice.h"
#include "model/entity.h"
#include "model/kind.h"
#include "model/people_label.h"

/* What a row is: a struct punch, access_event, command (also of a person), quarantine, raw_upload, token, audit_row, people_label; a
 * struct record_row, which for an entity has its id and what it is. */
enum store_list {
	STORE_PUNCHES,
	STORE_ACCESS,
	STORE_COMMANDS,
	STORE_PERSON_ORDERS, /* of each person and device the latest command about them */
	STORE_QUARANTINE,
	STORE_UPLOADS,
	STORE_TOKENS,
	STORE_AUDIT,
	STORE_DEPARTMENTS, /* those that people have */
	STORE_POSITIONS,   /* likewise */
	STORE_RECORDS,	   /* plus the kind: STORE_RECORDS + KIND_PERSON */
	STORE_ENTITIES =
		STORE_RECORDS + KIND_COUNT, /* plus the kind: STORE_ENTITIES + ENTITY_AREA */
	STORE_LISTS = STORE_ENTITIES + ENTITY_COUNT
};

enum store_column_use {
	COLUMN_SORT = 1 << 0,	/* rows may be put in its order */
	COLUMN_SEARCH = 1 << 1, /* `text` is looked for in it */
	COLUMN_FACET = 1 << 2,	/* its values may be counted */
	COLUMN_FILTER = 1 << 4, /* rows may be selected by it, and nothing else */
	COLUMN_LIST = 1 << 3,	/* a row has several values in it; in memory only */
};

struct store_column {
	uint8_t list;	  /* enum store_list */
	const char *name; /* as the API shows it: workCode */
	const char *sql;  /* the back end's */
	bool is_text;	  /* else a number */
	uint8_t use;
};

/* The columns of a list stand together. Those without a use cannot be queried. */
const struct store_column *store_columns(enum store_list list, size_t *n);
/* One that has a use, by name; NULL: there is none. */
const struct store_column *store_column_find(enum store_list list, gh_slice name);

/* Of a column. What is absent in a row counts as an empty text or as a number below all others. */
struct store_value {
	bool is_text;
	int64_t i;
	gh_slice s;
};

/* MATCH_PATTERN (base/pattern.h): in memory only. MATCH_AMONG: any of several; of numbers from 0 to 62 the bits of
 * value.i, of texts, in memory only, those in value.s, parted by commas. */
enum store_match { MATCH_EQUAL, MATCH_AT_LEAST, MATCH_AT_MOST, MATCH_PATTERN, MATCH_AMONG };

struct store_term {
	const struct store_column *column;
	enum store_match match;
	struct store_value value;
};

/* Where a row stands in the order: no two rows of a list have the same. Of a text the first 200
 * letters (bytes, where it is not UTF-8) count. */
struct store_key {
	struct store_value value; /* of the column that is sorted by; 0 without one */
	int64_t number;
};

/* Some of the devices: those for which each condition holds that is given. A device that was deleted is
 * none of them. */
struct store_group {
	gh_slice tag; /* they have it; empty: not given */
	int64_t area; /* they are in it, or in one within it; 0: not given */
	int64_t account; /* they are in an area that it is limited to, or within one; 0: not given */
	bool many; /* the store's own: so many people are, that they are found one by one */
};

static inline bool store_group_given(const struct store_group *g)
{
	return g->tag.n || g->area || g->account;
}

struct store_rows {
	enum store_list list;
	int64_t after;	/* rows with a greater number only; 0: all */
	int64_t before; /* rows with a smaller number only; 0: all */
	int64_t limit;
	int64_t device; /* 0: of all; else nothing of a list without devices */
	/* Of these devices. `account` holds in each list of devices, and in those of people and areas; the others
	 * of STORE_PUNCHES and of people only. */
	struct store_group group;
	const struct store_column *sort; /* NULL: by number */
	bool descending;
	const struct store_key *from; /* rows that come after it in the order; NULL: all */
	const struct store_term *term;
	size_t terms; /* all of which hold; at most STORE_TERMS */
	gh_slice
		text; /* is in one of the columns that are searched, in whatever case; empty: any */
	/* For who reads a list in parts: noted by one part and used by the ones after it, that there are too
	 * many punches of the device or the span to look up each, which takes as long as reading some
	 * thousand to find out. NULL: it is found out each time. */
	bool *many;
};

#define STORE_TERMS 8

/* Each returns whether to go on. */
typedef bool store_row_fn(void *ctx, const void *row, const struct store_key *key);
typedef bool store_facet_fn(void *ctx, const struct store_value *value, int64_t n);

#endif
