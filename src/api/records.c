/* The lists of what devices uploaded besides punches: one for every kind of record, made from
 * the model's own tables. */
#include "api/records.h"

#include <stdio.h>

#include "api/call.h"
#include "api/readers.h"
#include "model/biometric_type.h"
#include "model/error_log.h"
#include "model/operation.h"
#include "model/oplog.h"
#include "model/photo.h"
#include "model/template.h"

const struct record_list record_lists[] = {
	{ "/api/persons", "Person", KIND_PERSON, false },
	{ "/api/users", "User", KIND_PERSON, true },
	{ "/api/templates", "Template", KIND_TEMPLATE, false },
	{ "/api/photos", "Photo", KIND_PHOTO, false },
	{ "/api/oplog", "Oplog", KIND_OPLOG, false },
	{ "/api/idcards", "IdCard", KIND_ID_CARD, false },
	{ "/api/errorlog", "ErrorLog", KIND_ERROR_LOG, false },
	{ "/api/workcodes", "WorkCode", KIND_WORK_CODE, false },
};

const size_t record_lists_count = sizeof(record_lists) / sizeof(record_lists[0]);

static const char *type_in_words(const struct record_row *row, char to[64])
{
	const struct template *t = row->record;

	(void)to;
	return biometric_type_name(t->type);
}

static const char *op_in_words(const struct record_row *row, char to[64])
{
	const struct oplog *o = row->record;

	(void)to;
	return operation_name(o->op);
}

static const char *alarm_in_words(const struct record_row *row, char to[64])
{
	const struct oplog *o = row->record;

	(void)to;
	return o->op == OPERATION_ALARM ? alarm_reason_of(o->value1, o->value2) : NULL;
}

static const char *code_in_words(const struct record_row *row, char to[64])
{
	const struct error_log *e = row->record;

	(void)to;
	return device_error_name(e->code);
}

static const char *photo_url(const struct record_row *row, char to[64])
{
	snprintf(to, 64, "/api/photos/%lld", (long long)row->id);
	return to;
}

const struct record_word record_words[] = {
	{ KIND_TEMPLATE, "typeName", "The type in words", type_in_words },
	{ KIND_PHOTO, "url", "Where the picture is", photo_url },
	{ KIND_OPLOG, "opName", "What was done, in words", op_in_words },
	{ KIND_OPLOG, "alarm", "The reason, if it was an alarm", alarm_in_words },
	{ KIND_ERROR_LOG, "meaning", "The code in words", code_in_words },
};

const size_t record_words_count = sizeof(record_words) / sizeof(record_words[0]);

static void put_words(struct json *j, enum model_kind_id kind, const struct record_row *row)
{
	for (size_t i = 0; i < record_words_count; i++) {
		char text[64];
		struct value v;

		if (record_words[i].kind != kind)
			continue;
		v = value_text_if(gh_slice_of(record_words[i].of(row, text)));
		json_key(j, record_words[i].name);
		value_json(j, &v);
	}
}

static struct value field_value(const struct model_field *f, const void *at)
{
	switch (f->type) {
	case MODEL_INT:
		return value_of(VALUE_INT, *(const model_INT *)at);
	case MODEL_TIME:
		return value_of(VALUE_CIVIL, *(const model_TIME *)at);
	default:
		return value_text(*(const model_TEXT *)at);
	}
}

static void put_field(struct json *j, const char *key, const struct model_kind *k,
		      const void *record, size_t i)
{
	struct value v = model_has(record, i)
				 ? field_value(&k->field[i], model_at_const(k, record, i))
				 : value_null();

	json_key(j, key);
	value_json(j, &v);
}

static void put_record(struct json *j, const struct record_list *list,
		       const struct record_row *row)
{
	const struct model_kind *k = &model_kinds[list->kind];

	json_object(j);
	json_key(j, "id");
	json_int(j, row->id);
	json_key(j, "deviceSerial");
	json_string(j, row->serial);
	for (size_t i = 0; i < k->fields; i++) {
		const struct model_field *f = &k->field[i];

		if (f->flags & MODEL_SECRET)
			continue;
		put_field(j, f->json, k, row->record, i);
		if (list->columns && strcmp(f->json, f->column) != 0)
			put_field(j, f->column, k, row->record, i);
	}
	put_words(j, list->kind, row);
	json_key(j, "receivedAt");
	json_utc_ms(j, row->received_ms);
	if (list->columns) {
		json_key(j, "device_serial");
		json_string(j, row->serial);
		json_key(j, "updated_at");
		json_utc_ms(j, row->received_ms);
	}
	json_object_end(j);
}

struct page {
	struct list *l;
	const struct record_list *list;
};

static bool add_row(void *ctx, const struct record_row *row)
{
	struct page *p = ctx;

	if (!list_room(p->l, row->id))
		return false;
	put_record(&p->l->j, p->list, row);
	return true;
}

static const struct record_list *list_of(const char *path)
{
	size_t i = 0;

	while (i + 1 < record_lists_count && strcmp(record_lists[i].path, path) != 0)
		i++;
	return &record_lists[i];
}

void handle_records_list(struct call *c)
{
	struct list l = list_begin(c, 100);
	struct page p = { &l, list_of(c->route->path) };
	struct store_reader *reader;
	struct store_page q;
	enum gh_err err;

	if (!call_page(c, &l, &q)) {
		json_clear(&l.j);
		return;
	}
	err = readers_borrow(c->api->readers, &reader);
	if (err == GH_OK) {
		err = c->server->db.ops->records_read(reader, p.list->kind, &q, add_row, &p);
		readers_return(c->api->readers, reader);
	}
	list_end(c, &l, err);
}
