/* The model of a site while it is read; for site_read*.c. */
#ifndef GH_CORE_ACCESS_SITE_READING_H
#define GH_CORE_ACCESS_SITE_READING_H

#include "core/access/site_read.h"
#include "model/record.h"

/* Who is joined with something: pairs of a relation, by its number. */
struct joined {
	int64_t id;
	int64_t *person;
	size_t people, room;
};

/* An array that grows by doubling, in the arena. */
struct reading_list {
	void *item;
	size_t n, room;
};

struct reading {
	const struct store_ops *ops;
	struct store_reader *reader;
	const struct site_of *of;
	int64_t person; /* the only one that is read; 0: all are */
	struct arena *a;
	enum gh_err err;
	struct reading_list people, departments, rules, holidays, levels, level_more, groups;
	struct reading_list doors, first_cards, multi_cards, passbacks, interlocks, linkages,
		outputs, inputs, verifies, supers, areas, units;
	struct reading_list joined; /* of the kind that is read */
};

/* Room for one more of `size` bytes; NULL: r->err. */
void *reading_add(struct reading *r, struct reading_list *l, size_t size);
/* All entities of a kind, in the order of their numbers, to fn with r. Those of which field `column` is
 * `value`, where it is not NULL. */
void reading_rows(struct reading *r, enum model_entity_id kind, const char *column,
		  struct store_value value, store_row_fn *fn);
/* Those that fit some terms. */
void reading_rows_of(struct reading *r, enum model_entity_id kind,
		     const struct store_term *term, size_t terms, store_row_fn *fn);
/* Those of which the field is at least that. */
void reading_rows_from(struct reading *r, enum model_entity_id kind, const char *column,
		       struct store_value least, store_row_fn *fn);
/* The pairs of a relation; r->joined has the numbers in their order. */
void reading_joined(struct reading *r, enum model_relation_id relation);
/* Doors of a list in one column; *n of them. */
const struct site_door *reading_doors(struct reading *r, gh_slice list, size_t *n);

/* How many texts a list has. */
size_t reading_texts(gh_slice list);
/* A validity as it is stored. */
struct validity reading_validity(ghi_civil from, ghi_civil to);

/* People, with r->departments of each. */
void reading_people(struct reading *r);
/* Units of other namespaces than the default one. */
void reading_units(struct reading *r);
/* What is decided about single doors. */
void reading_door_rules(struct reading *r);

#endif
