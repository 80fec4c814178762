#include "api/list.h"

#include "api/access/credential_list.h"
#include "api/access/resource.h"
#include "api/compat/zk_server/fields.h"
#include "api/contact_list.h"
#include "api/day_list.h"
#include "api/device_list.h"
#include "api/door_list.h"
#include "api/found_list.h"
#include "api/problem_list.h"
#include "api/sync_list.h"
#include "api/trace_list.h"
#include "render/account.h"
#include "render/audit.h"
#include "render/contact.h"
#include "render/door_rules.h"
#include "render/people_change.h"
#include "render/plan.h"
#include "render/rights.h"
#include "render/token.h"

#define NEWEST true
#define OLDEST false

const struct list_resource list_resources[] = {
#define LIST(path, source, fields, sheet, order, usual, file, check, more) \
	{ path, source, &(fields), sheet, order, usual, file, check, more },
#include "api/list.def"
#undef LIST
};

const size_t list_resources_count = sizeof(list_resources) / sizeof(list_resources[0]);

const struct list_resource *list_resource_of(const char *path)
{
	for (size_t i = 0; i < list_resources_count; i++)
		if (strcmp(list_resources[i].path, path) == 0)
			return &list_resources[i];
	return NULL;
}

const struct memory_source *list_memory(unsigned source)
{
	switch (source) {
	case LIST_DEVICES:
		return &device_source;
	case LIST_CONTACTS:
		return &contact_source;
	case LIST_PROBLEMS:
		return &problem_source;
	case LIST_DOORS:
		return &door_source;
	case LIST_TRACE:
		return &trace_source;
	case LIST_FOUND:
		return &found_source;
	case LIST_SYNC:
		return &sync_source;
	case LIST_CREDENTIALS:
		return &credential_source;
	default:
		return NULL;
	}
}

const struct store_column *list_columns(const struct list_resource *r, size_t *n)
{
	const struct memory_source *memory = list_memory(r->source);

	if (memory) {
		*n = memory->columns;
		return memory->column;
	}
	if (r->source == LIST_DAYS)
		return day_columns(n);
	if (r->source == LIST_QUERY_ROWS)
		return query_columns(n);
	return store_columns((enum store_list)r->source, n);
}

const struct store_column *list_column(const struct list_resource *r, gh_slice name,
				       enum store_column_use use)
{
	size_t n;
	const struct store_column *c = list_columns(r, &n);

	for (; n; n--, c++)
		if (c->use & use && gh_slice_eq(name, gh_slice_of(c->name)))
			return c;
	return NULL;
}

static const struct list_form {
	const char *word, *type;
} forms[] = {
	[LIST_JSON] = { "json", "application/json" },
	[LIST_CSV] = { "csv", "text/csv" },
	[LIST_NDJSON] = { "ndjson", "application/x-ndjson" },
	[LIST_XLSX] = { "xlsx",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
};

const char *list_format_word(size_t i)
{
	return i < sizeof(forms) / sizeof(forms[0]) ? forms[i].word : NULL;
}

const char *list_format_type(size_t i)
{
	return forms[i].type;
}

void handle_list(struct call *c)
{
	struct list_question *q;

	q = ghi_arena_alloc(call_arena(c), sizeof(*q));
	if (q == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (!list_question_read(c, q))
		return;
	/* What is in memory is there while the store is not. */
	if (q->resource->source != LIST_TRACE && q->resource->source != LIST_DOORS &&
	    call_reader(c) == NULL)
		return;
	if (q->format == LIST_JSON) {
		list_page_answer(c, q);
		return;
	}
	c->question = q;
	c->then = list_export_begin;
}

void list_answer(struct call *c, const struct list_question *q)
{
	if (q->format == LIST_JSON) {
		list_page_answer(c, q);
		return;
	}
	c->question = q;
	list_export_begin(c);
}
