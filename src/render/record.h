/* What devices uploaded besides punches, as people and programs read it. It is generated from
 * the model's tables, so a new field there is shown without a change here. */
#ifndef GH_RENDER_RECORD_H
#define GH_RENDER_RECORD_H

#include "model/kind.h"
#include "render/field.h"

struct record_view {
	int64_t id; /* number of the row */
	gh_slice serial;
	int64_t received_ms; /* of the latest upload that touched it */
	const void *record;  /* a struct of the kind */
	/* Of a person: */
	int64_t command; /* the latest command about them; 0: there is none */
	int32_t state;	 /* enum person_state: how far it is */
	gh_slice reason; /* why it failed */
};

/* A row is a struct record_view. */
extern const struct fields person_fields, template_fields, photo_fields, oplog_fields,
	id_card_fields, error_log_fields, work_code_fields;
/* The same of an entity, which has no serial number and came with no upload. */
extern const struct fields tag_fields;

/* Reads field f->bit of the record at f->offset; for further tables of such rows. */
struct value record_read_TEXT(const struct field *f, const void *row);
struct value record_read_BYTES(const struct field *f, const void *row);
struct value record_read_INT(const struct field *f, const void *row);
struct value record_read_TIME(const struct field *f, const void *row);

#define RECORD_KIND_TEXT VALUE_TEXT
#define RECORD_KIND_BYTES VALUE_RAW
#define RECORD_KIND_INT VALUE_INT
#define RECORD_KIND_TIME VALUE_CIVIL

/* One row for a field of the model's table: type, presence bit, member, name, type, flags. */
#define RECORD_FIELD(type, number, member, json, model, flags) \
	{ .name = json,                                        \
	  .key = FIELD_KEY(json),                              \
	  .kind = RECORD_KIND_##model,                         \
	  .nullable = true,                                    \
	  .hidden = ((flags)&MODEL_SECRET) != 0,               \
	  .bit = number,                                       \
	  .offset = offsetof(type, member),                    \
	  .about = "",                                         \
	  .get = record_read_##model },

#endif
