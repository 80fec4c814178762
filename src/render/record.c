#include "render/record.h"

#include "model/access_words.h"
#include "model/biometric_type.h"
#include "model/operation.h"
#include "model/person_state.h"
#include "model/record.h"

static const void *record_member(const struct field *f, const void *row)
{
	const struct record_view *v = row;

	return model_has(v->record, f->bit) ? (const uint8_t *)v->record + f->offset : NULL;
}

struct value record_read_TEXT(const struct field *f, const void *row)
{
	const model_TEXT *at = record_member(f, row);

	return at ? value_text(*at) : value_null();
}

struct value record_read_BYTES(const struct field *f, const void *row)
{
	const model_BYTES *at = record_member(f, row);

	return at ? value_raw(*at) : value_null();
}

struct value record_read_INT(const struct field *f, const void *row)
{
	const model_INT *at = record_member(f, row);

	return at ? value_of(VALUE_INT, *at) : value_null();
}

struct value record_read_TIME(const struct field *f, const void *row)
{
	const model_TIME *at = record_member(f, row);

	return at ? value_of(VALUE_CIVIL, *at) : value_null();
}

/* --- what a list shows besides: numbers and codes in words, and where the rest is --- */

static struct value template_type_name(const struct field *f, const void *row)
{
	const struct template *t = ((const struct record_view *)row)->record;

	(void)f;
	return value_text_if(gh_slice_of(biometric_type_name(t->type)));
}

static struct value photo_url(const struct field *f, const void *row)
{
	const struct record_view *v = row;

	(void)f;
	return (struct value){ .kind = VALUE_PATH, .s = GH_LIT("/api/photos/"), .i = v->id };
}

static struct value oplog_op_name(const struct field *f, const void *row)
{
	const struct oplog *o = ((const struct record_view *)row)->record;
	const char *name = operation_name(o->op);

	(void)f;
	return name ? value_text(gh_slice_of(name))
		    : (struct value){ .kind = VALUE_PATH,
				      .s = GH_LIT("operation "),
				      .i = o->op };
}

static struct value oplog_alarm(const struct field *f, const void *row)
{
	const struct oplog *o = ((const struct record_view *)row)->record;

	(void)f;
	if (o->op != OPERATION_ALARM)
		return value_null();
	return value_text_if(gh_slice_of(alarm_reason_of(o->value1, o->value2)));
}

static struct value error_log_meaning(const struct field *f, const void *row)
{
	const struct error_log *e = ((const struct record_view *)row)->record;

	(void)f;
	return value_text_if(gh_slice_of(device_error_name(e->code)));
}

static struct value error_log_module(const struct field *f, const void *row)
{
	const struct error_log *e = ((const struct record_view *)row)->record;

	(void)f;
	return value_text_if(gh_slice_of(error_module_name(e->code)));
}

static struct value id_card_nation_name(const struct field *f, const void *row)
{
	const struct id_card *c = ((const struct record_view *)row)->record;

	(void)f;
	return model_has(c, ID_CARD_nation) ? value_text_if(gh_slice_of(nation_name(c->nation)))
					    : value_null();
}

static struct value person_state_value(const struct field *f, const void *row)
{
	const struct record_view *v = row;

	(void)f;
	return v->command ? value_text(gh_slice_of(person_state_word((size_t)v->state)))
			  : value_null();
}

static struct value person_command(const struct field *f, const void *row)
{
	const struct record_view *v = row;

	return v->command ? value_of(f->kind, v->command) : value_null();
}

/* --- the tables --- */

#define ROW struct record_view
#define RECORD_FIRST                                       \
	FIELD_AT(id, INT, always, "Number of the row", id) \
	FIELD_AT(deviceSerial, TEXT, always, "Serial number of the device", serial)
#define RECORD_LAST                          \
	FIELD_AT(receivedAt, UTC_MS, always, \
		 "When the latest upload of it reached the server", received_ms)

/* What the tables of single kinds have besides the fields of the model. */
#define PERSON_MORE                                                                    \
	FIELD_BY_WORD(state, nullable,                                                 \
		      "How far the latest command about them is; null: there is none", \
		      person_state_value, person_state_word)                           \
	FIELD_BY(commandId, ID, nullable, "That command", person_command)              \
	FIELD_AT(stateReason, TEXT, nullable,                                          \
		 "Why it failed, as far as the device reports it", reason)
#define TEMPLATE_MORE \
	FIELD_BY(typeName, TEXT, nullable, "The type in words", template_type_name)
#define PHOTO_MORE FIELD_BY(url, PATH, nullable, "Where the picture is", photo_url)
#define OPLOG_MORE                                                                      \
	FIELD_BY(opName, TEXT, always,                                                  \
		 "What was done, in words; \"operation 70\" where no table has a name", \
		 oplog_op_name)                                                         \
	FIELD_BY(alarm, TEXT, nullable, "The reason, if it was an alarm", oplog_alarm)
#define ID_CARD_MORE \
	FIELD_BY(nationName, TEXT, nullable, "The nation in words", id_card_nation_name)
#define ERROR_LOG_MORE                                                                 \
	FIELD_BY(meaning, TEXT, nullable, "The code in words", error_log_meaning)      \
	FIELD_BY(module, TEXT, nullable, "The part of the device that the code is of", \
		 error_log_module)
#define WORK_CODE_MORE

/* Braces that are closed in another macro. */
/* clang-format off */
#define MODEL_RECORD(name, NAME, plural) typedef struct name record_##NAME; \
	static const struct field name##_field[] = { RECORD_FIRST
#define MODEL_FIELD(NAME, member, json, model, flags) \
	RECORD_FIELD(record_##NAME, NAME##_##member, member, json, model, flags)
#define MODEL_RECORD_END(name, NAME) NAME##_MORE RECORD_LAST };
#include "model/record.def"

#define MODEL_RECORD(name, NAME, plural) typedef struct name record_##NAME; \
	static const struct field name##_field[] = { FIELD_AT(id, INT, always, "Its number", id)
#define MODEL_FIELD(NAME, member, json, model, flags) \
	RECORD_FIELD(record_##NAME, NAME##_##member, member, json, model, flags)
#define MODEL_RECORD_END(name, NAME) };
#include "model/entity.def"
/* clang-format on */
#undef ROW

#define RECORD_TABLE(kind, schema)                                                            \
	const struct fields kind##_fields = { schema, kind##_field,                           \
					      sizeof(kind##_field) / sizeof(kind##_field[0]), \
					      NULL };
RECORD_TABLE(person, "Person")
RECORD_TABLE(template, "Template")
RECORD_TABLE(photo, "Photo")
RECORD_TABLE(oplog, "Oplog")
RECORD_TABLE(id_card, "IdCard")
RECORD_TABLE(error_log, "ErrorLog")
RECORD_TABLE(work_code, "WorkCode")
RECORD_TABLE(tag, "Tag")
