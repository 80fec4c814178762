/* Fields of entities, for the tables that show them. */
#ifndef GH_RENDER_ENTITY_FIELD_H
#define GH_RENDER_ENTITY_FIELD_H

#include "render/field.h"

/* A row is a struct record_view (record.h). A field of: */
struct value entity_read_BOOL(const struct field *f, const void *row);
struct value entity_read_DAY(const struct field *f, const void *row);	    /* YYYYMMDD */
struct value entity_read_CIVIL(const struct field *f, const void *row);	    /* 0 is null */
struct value entity_read_REFERENCE(const struct field *f, const void *row); /* 0 is null */
struct value entity_read_LISTED(const struct field *f,
				const void *row); /* JSON; nothing is [] */
/* The same, of which a table's cell has 1;2;3. No numbers are [] there, which an import does not take for what is to be
 * left alone. */
struct value entity_read_JOINED(const struct field *f, const void *row);
struct value entity_read_OBJECT(const struct field *f, const void *row); /* nothing is {} */
struct value entity_read_TEXT(const struct field *f, const void *row);
struct value entity_read_GIVEN(const struct field *f, const void *row); /* empty is null */
struct value entity_read_WORD(const struct field *f,
			      const void *row); /* a number, as its word */
struct value entity_read_NUMBER(const struct field *f, const void *row); /* below 0 is null */
struct value entity_read_SWITCH(const struct field *f, const void *row); /* below 0 is null */
struct value entity_read_SET(const struct field *f,
			     const void *row); /* whether a text is there */

/* Field `member` of entity `type`, by one of the readers above. */
#define ENTITY(NAME, type, member, json, value, null, reader, text) \
	{ .name = json,                                             \
	  .key = FIELD_KEY(json),                                   \
	  .kind = VALUE_##value,                                    \
	  .nullable = null,                                         \
	  .bit = NAME##_##member,                                   \
	  .offset = offsetof(struct type, member),                  \
	  .about = text,                                            \
	  .get = entity_read_##reader },
/* The same, of a number with words. */
#define ENTITY_WORD(NAME, type, member, json, words, text) \
	{ .name = json,                                    \
	  .key = FIELD_KEY(json),                          \
	  .kind = VALUE_TEXT,                              \
	  .nullable = 0,                                   \
	  .bit = NAME##_##member,                          \
	  .offset = offsetof(struct type, member),         \
	  .about = text,                                   \
	  .word = words,                                   \
	  .get = entity_read_WORD },

#endif
