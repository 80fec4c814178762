#include "model/credential.h"

#include "model/credential_form.h"

static int64_t number_or(const void *record, size_t field, int64_t value, int64_t otherwise)
{
	return model_has(record, field) ? value : otherwise;
}

static void credential_of_template(const struct template *t, enum credential_form f,
				   int64_t version, struct credential *out)
{
	out->kind = GH_LIT(CREDENTIAL_TEMPLATE);
	out->type = credential_forms[f].type >= 0 ? credential_forms[f].type
						  : number_or(t, TEMPLATE_type, t->type, 0);
	/* A face has no number, a fingerprint no parts. */
	out->no = f == FORM_FACE ? 0 : number_or(t, TEMPLATE_no, t->no, 0);
	out->part = f == FORM_FINGERPRINT ? 0 : number_or(t, TEMPLATE_part, t->part, 0);
	out->major_ver = number_or(t, TEMPLATE_major_ver, t->major_ver, 0);
	if (out->major_ver <= 0)
		out->major_ver = version > 0 ? version : 0;
	out->minor_ver = number_or(t, TEMPLATE_minor_ver, t->minor_ver, 0);
	out->format = model_has(t, TEMPLATE_format) ? t->format : (gh_slice){ 0 };
	out->valid = template_is_valid(t);
	out->duress = template_is_duress(t);
	out->content_fault =
		model_has(t, TEMPLATE_content_fault) ? t->content_fault : (gh_slice){ 0 };
}

static void credential_of_photo(const struct photo *p, enum credential_form f,
				struct credential *out)
{
	out->kind = gh_slice_of(credential_forms[f].word);
	/* Without a number it is of a face in visible light, of which alone there were photos at first. */
	if (f == FORM_COMPARISON_PHOTO)
		out->type =
			model_has(p, PHOTO_type) && p->type > 0 ? p->type : TYPE_VISIBLE_FACE;
	out->valid = 1;
	out->content_fault =
		model_has(p, PHOTO_content_fault) ? p->content_fault : (gh_slice){ 0 };
}

bool credential_of_record(enum model_kind_id kind, const void *record, int64_t version,
			  struct credential *out, gh_slice *content)
{
	enum credential_form f = credential_form_of(kind, record);

	*out = (struct credential){ 0 };
	*content = (gh_slice){ 0 };
	if (f == CREDENTIAL_FORMS)
		return false;
	if (kind == KIND_TEMPLATE) {
		const struct template *t = record;

		*content = model_has(t, TEMPLATE_data) ? t->data : (gh_slice){ 0 };
		credential_of_template(t, f, version, out);
	} else {
		const struct photo *p = record;

		*content = model_has(p, PHOTO_content) ? p->content : (gh_slice){ 0 };
		credential_of_photo(p, f, out);
	}
	out->form = gh_slice_of(credential_forms[f].word);
	out->size = (int64_t)content->n;
	for (size_t i = CREDENTIAL_kind; i <= CREDENTIAL_content_fault; i++)
		model_mark(out, i);
	return content->n > 0;
}

static void credential_as_template(const struct credential_row *row, struct template *t)
{
	const struct credential *c = row->credential;

	*t = (struct template){
		.present = UINT64_C(1) << TEMPLATE_pin | UINT64_C(1) << TEMPLATE_source |
			   UINT64_C(1) << TEMPLATE_type | UINT64_C(1) << TEMPLATE_no |
			   UINT64_C(1) << TEMPLATE_part | UINT64_C(1) << TEMPLATE_valid |
			   UINT64_C(1) << TEMPLATE_duress | UINT64_C(1) << TEMPLATE_minor_ver |
			   UINT64_C(1) << TEMPLATE_format | UINT64_C(1) << TEMPLATE_size |
			   UINT64_C(1) << TEMPLATE_content_fault,
		.pin = row->pin,
		.source = c->form,
		.type = c->type,
		.no = c->no,
		.part = c->part,
		.valid = c->valid,
		.duress = c->duress,
		.major_ver = c->major_ver,
		.minor_ver = c->minor_ver,
		.format = c->format,
		.size = c->size,
		.content_fault = c->content_fault,
		.data = row->content
	};
	if (c->major_ver > 0)
		model_mark(t, TEMPLATE_major_ver);
	if (row->content.n)
		model_mark(t, TEMPLATE_data);
}

static void credential_as_photo(const struct credential_row *row, struct photo *p)
{
	const struct credential *c = row->credential;

	*p = (struct photo){ .present = UINT64_C(1) << PHOTO_pin | UINT64_C(1) << PHOTO_kind |
					UINT64_C(1) << PHOTO_size |
					UINT64_C(1) << PHOTO_content_fault,
			     .pin = row->pin,
			     .kind = c->kind,
			     .type = c->type,
			     .size = c->size,
			     .content_fault = c->content_fault,
			     .content = row->content,
			     .content_hash = row->digest };
	if (c->type)
		model_mark(p, PHOTO_type);
	if (row->content.n)
		model_mark(p, PHOTO_content);
}

enum model_kind_id credential_as_record(const struct credential_row *row,
					union model_record *out)
{
	if (gh_slice_eq(row->credential->kind, GH_LIT(CREDENTIAL_TEMPLATE))) {
		credential_as_template(row, (struct template *)out);
		return KIND_TEMPLATE;
	}
	credential_as_photo(row, (struct photo *)out);
	return KIND_PHOTO;
}
