/* The lists of what devices uploaded besides punches: one for every kind of record, made from
 * the model's own tables. */
#include "api/records.h"

#include "api/call.h"
#include "api/compat/zk_server/fields.h"
#include "render/record.h"

const struct record_list record_lists[] = {
	{ "/api/persons", KIND_PERSON, &person_fields },
	{ "/api/users", KIND_PERSON, &zk_server_user_fields },
	{ "/api/templates", KIND_TEMPLATE, &template_fields },
	{ "/api/photos", KIND_PHOTO, &photo_fields },
	{ "/api/oplog", KIND_OPLOG, &oplog_fields },
	{ "/api/idcards", KIND_ID_CARD, &id_card_fields },
	{ "/api/errorlog", KIND_ERROR_LOG, &error_log_fields },
	{ "/api/workcodes", KIND_WORK_CODE, &work_code_fields },
};

const size_t record_lists_count = sizeof(record_lists) / sizeof(record_lists[0]);

struct record_page {
	struct list *l;
	const struct record_list *list;
};

static bool record_row_add(void *ctx, const struct record_row *row)
{
	struct record_page *p = ctx;

	if (!list_room(p->l, row->id))
		return false;
	fields_json(
		&p->l->j, p->list->fields,
		&(struct record_view){ row->id, row->serial, row->received_ms, row->record });
	return true;
}

static const struct record_list *record_list_of(const char *path)
{
	size_t i = 0;

	while (i + 1 < record_lists_count && strcmp(record_lists[i].path, path) != 0)
		i++;
	return &record_lists[i];
}

void handle_records_list(struct call *c)
{
	struct list l = list_begin(c, 100);
	struct record_page p = { &l, record_list_of(c->route->path) };
	struct store_reader *reader = call_reader(c);
	struct store_page q;

	if (reader == NULL || !call_page(c, &l, &q)) {
		json_clear(&l.j);
		return;
	}
	list_end(c, &l,
		 c->server->db.ops->records_read(reader, p.list->kind, &q, record_row_add, &p));
}
