/* The order of the lists, and what is refused. */
#include "core/sync/planner.h"
#include "model/command_rule.h"

int sync_slice_order(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int item_number_order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

enum sync_group sync_item_group(const struct sync_item *i)
{
	return i->kind == KIND_WORK_CODE ? GROUP_WORK_CODES
	       : i->kind == KIND_ID_CARD ? GROUP_ID_CARDS
					 : GROUP_PEOPLE;
}

gh_slice sync_item_key(const struct sync_item *i)
{
	switch (i->kind) {
	case KIND_PERSON:
		return ((const struct person *)i->record)->pin;
	case KIND_TEMPLATE:
		return ((const struct template *)i->record)->pin;
	case KIND_PHOTO:
		return ((const struct photo *)i->record)->pin;
	case KIND_WORK_CODE:
		return ((const struct work_code *)i->record)->code;
	default:
		return ((const struct id_card *)i->record)->id_number;
	}
}

gh_slice sync_item_name(const struct sync_item *i)
{
	return sync_item_key(i);
}

/* Person, template, photo. */
static int kind_place(enum model_kind_id kind)
{
	return kind == KIND_PERSON ? 0 : kind == KIND_TEMPLATE ? 1 : kind == KIND_PHOTO ? 2 : 3;
}

static int64_t item_number(const void *record, size_t field, int64_t value)
{
	return model_has(record, field) ? value : 0;
}

void sync_credential_key(enum credential_form form, const void *record, int64_t *type,
			 int64_t *no, int64_t *part)
{
	*type = *no = *part = 0;
	if (credential_forms[form].record == KIND_TEMPLATE) {
		const struct template *t = record;

		*type = credential_forms[form].type >= 0
				? credential_forms[form].type
				: item_number(t, TEMPLATE_type, t->type);
		/* A face has no number, a fingerprint no parts. */
		if (form != FORM_FACE)
			*no = item_number(t, TEMPLATE_no, t->no);
		if (form != FORM_FINGERPRINT)
			*part = item_number(t, TEMPLATE_part, t->part);
	} else if (form == FORM_COMPARISON_PHOTO) {
		const struct photo *p = record;

		/* Without a number it is of a face in visible light, of which alone there were photos at first. */
		*type = model_has(p, PHOTO_type) && p->type > 0 ? p->type : TYPE_VISIBLE_FACE;
	}
}

static int credential_order(const struct sync_item *a, const struct sync_item *b, bool held)
{
	enum credential_form f = credential_form_of(a->kind, a->record),
			     g = credential_form_of(b->kind, b->record);
	int64_t x[3], y[3];
	int order = a->kind == KIND_PHOTO ? item_number_order(f, g) : 0;

	sync_credential_key(f, a->record, &x[0], &x[1], &x[2]);
	sync_credential_key(g, b->record, &y[0], &y[1], &y[2]);
	for (size_t i = 0; i < 3 && order == 0; i++)
		order = item_number_order(x[i], y[i]);
	if (order || a->kind == KIND_PHOTO)
		return order;
	if (held)
		return item_number_order(f, g);
	const struct template *t = a->record, *u = b->record;

	order = item_number_order(item_number(t, TEMPLATE_major_ver, t->major_ver),
				  item_number(u, TEMPLATE_major_ver, u->major_ver));
	return order ? order
		     : item_number_order(item_number(t, TEMPLATE_minor_ver, t->minor_ver),
					 item_number(u, TEMPLATE_minor_ver, u->minor_ver));
}

int sync_item_order(const struct sync_item *a, const struct sync_item *b, bool held)
{
	int order = item_number_order(sync_item_group(a), sync_item_group(b));

	if (order == 0)
		order = sync_slice_order(sync_item_key(a), sync_item_key(b));
	if (order == 0)
		order = item_number_order(kind_place(a->kind), kind_place(b->kind));
	if (order == 0 && (a->kind == KIND_TEMPLATE || a->kind == KIND_PHOTO))
		order = credential_order(a, b, held);
	return order;
}

static const char *item_fault(const struct sync_item *i)
{
	if (i->record == NULL)
		return "it has no record";
	if (i->kind != KIND_PERSON && i->kind != KIND_TEMPLATE && i->kind != KIND_PHOTO &&
	    i->kind != KIND_WORK_CODE && i->kind != KIND_ID_CARD)
		return "no such record is brought to devices";
	if (i->kind == KIND_PHOTO && credential_form_of(i->kind, i->record) == CREDENTIAL_FORMS)
		return "the photo is neither a user's nor one for comparison";
	if (sync_item_key(i).n == 0)
		return "it has no PIN, code or number";
	if (!command_value_is_line(sync_item_key(i), false))
		return "its PIN, code or number has a control character";
	return NULL;
}

enum gh_err sync_items_check(const struct sync_item *item, size_t n, bool held,
			     struct sync_plan *out)
{
	for (size_t i = 0; i < n; i++) {
		const char *fault = item_fault(&item[i]);
		int order =
			i && fault == NULL ? sync_item_order(&item[i - 1], &item[i], held) : -1;

		if (fault == NULL && order == 0)
			fault = "it is there twice";
		else if (fault == NULL && order > 0)
			fault = "it is not in its order";
		if (fault == NULL)
			continue;
		out->fault = fault;
		out->fault_held = held;
		out->fault_at = i;
		return GH_EINVALID;
	}
	return GH_OK;
}
