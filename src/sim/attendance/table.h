/* The tables of a device, and their records as "Key=Value" text kept to the letter. */
#ifndef GH_SIM_ATTENDANCE_TABLE_H
#define GH_SIM_ATTENDANCE_TABLE_H

#include "base/slice.h"

#define TABLE_KEYS 4

enum table_id {
#define TABLE(NAME, ...) TABLE_##NAME,
#include "sim/attendance/table.def"
#undef TABLE
	TABLES
};

struct table {
	const char *word; /* NULL: not for commands */
	const char *tag;  /* NULL: not uploaded */
	const char *key[TABLE_KEYS];
	const char *data;
	int size_error;	 /* the answer when Size and data differ */
	bool user;	 /* the person must be there */
	uint8_t at_once; /* records of this kind in one upload; 0: as many as fit */
	uint32_t can;	 /* what the persona needs for it; 0: nothing */
	uint32_t flags;	 /* any of these in TransFlag lets it be uploaded; 0: always */
};

extern const struct table tables[TABLES];

/* By its word, without case; TABLES: no such one. */
enum table_id table_named(gh_slice word);

/* The value of a key (compared without case) in tab-separated pairs; false: absent. */
bool pair_get(gh_slice pairs, const char *key, gh_slice *value);

/* Whether two records of a table are the same one: all keys equal, where a key that `b`
 * lacks matches any. */
bool table_same(enum table_id t, gh_slice a, gh_slice b);

#endif
