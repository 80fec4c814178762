/* In which form a list is answered: format, and what there is to choose about a file of it. */
#include "api/list.h"

/* -1: there is no such form. */
static int format_find(gh_slice name)
{
	for (size_t i = 0; list_format_word(i); i++)
		if (gh_slice_eq(name, gh_slice_of(list_format_word(i))))
			return (int)i;
	return -1;
}

bool list_form_exists(gh_slice form)
{
	return format_find(form) > LIST_JSON;
}

const char *list_separator_word(size_t i)
{
	static const char *const word[] = { "comma", "semicolon", "tab" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static bool separator_read(struct call *c, struct list_question *q)
{
	const struct param_value *v = call_param(c, PARAM_separator);

	for (size_t i = 0; v->present && list_separator_word(i); i++)
		if (gh_slice_eq(v->s, gh_slice_of(list_separator_word(i))))
			q->csv.separator = ",;\t"[i];
	if (!v->present || q->csv.separator)
		return true;
	call_fail_param(c, PARAM_separator, "must be comma, semicolon or tab");
	return false;
}

bool list_param_is_of_pages(unsigned param)
{
	return param == PARAM_format || param == PARAM_total || param == PARAM_facets;
}

bool list_param_is_of_csv(unsigned param)
{
	return param == PARAM_excel || param == PARAM_bom || param == PARAM_separator;
}

static bool csv_form_read(struct call *c, struct list_question *q)
{
	const struct param_value *bom = call_param(c, PARAM_bom);

	for (enum param_id i = 0; q->format != LIST_CSV && i < PARAM_COUNT; i++)
		if (list_param_is_of_csv(i) && call_param(c, i)->present) {
			call_fail_param(c, i, "goes with the format csv only");
			return false;
		}
	q->csv.excel = call_param(c, PARAM_excel)->i;
	q->bom = bom->present ? bom->i : q->csv.excel;
	return separator_read(c, q);
}

bool list_form_read(struct call *c, struct list_question *q)
{
	gh_slice name = c->form.n ? c->form : call_param(c, PARAM_format)->s;
	int format = name.n ? format_find(name) : LIST_JSON;
	bool for_people;

	for (enum param_id i = 0; c->form.n && i < PARAM_COUNT; i++)
		if (list_param_is_of_pages(i) && call_param(c, i)->present) {
			call_fail_param(c, i, "does not go with the path of a file");
			return false;
		}
	if (format < 0) {
		call_fail_param(c, PARAM_format, "must be json, csv, ndjson or xlsx");
		return false;
	}
	q->format = (enum list_format)format;
	if (!csv_form_read(c, q))
		return false;
	for_people = (q->format == LIST_XLSX || q->csv.excel) && q->resource->sheet;
	q->fields = for_people ? q->resource->sheet : q->resource->fields;
	return true;
}
