#include "model/credential_form.h"

#include "model/command_field.h"

const struct credential_form_row credential_forms[CREDENTIAL_FORMS] = {
#define CREDENTIAL_FORM(NAME, word, words, record, update, delete, type, each)                 \
	[FORM_##NAME] = {                                                                      \
		word, words,	  KIND_##record, COMMAND_KIND_##update, COMMAND_KIND_##delete, \
		type, EACH_##each                                                              \
	},
#include "model/credential_form.def"
};

enum credential_form credential_form_of(enum model_kind_id kind, const void *record)
{
	gh_slice word = kind == KIND_TEMPLATE ? ((const struct template *)record)->source
			: kind == KIND_PHOTO  ? ((const struct photo *)record)->kind
					      : (gh_slice){ 0 };

	for (enum credential_form f = 0; f < CREDENTIAL_FORMS; f++)
		if (credential_forms[f].record == kind &&
		    gh_slice_eq(word, gh_slice_of(credential_forms[f].word)))
			return f;
	return kind == KIND_TEMPLATE ? FORM_BIODATA : CREDENTIAL_FORMS;
}

enum credential_form credential_form_of_command(enum command_kind kind, bool *removes)
{
	for (enum credential_form f = 0; f < CREDENTIAL_FORMS; f++) {
		*removes = credential_forms[f].delete == kind;
		if (*removes || credential_forms[f].update == kind)
			return f;
	}
	return CREDENTIAL_FORMS;
}

enum { VALID_DURESS = 3 };

bool template_is_valid(const struct template *t)
{
	return !model_has(t, TEMPLATE_valid) || t->valid != 0;
}

bool template_is_duress(const struct template *t)
{
	return (model_has(t, TEMPLATE_duress) && t->duress) ||
	       (model_has(t, TEMPLATE_valid) && t->valid == VALID_DURESS);
}

static void template_number_set(struct template *t, size_t field, int64_t *at, int64_t value)
{
	*at = value;
	model_mark(t, field);
}

static void template_number_usual(struct template *t, size_t field, int64_t *at, int64_t value)
{
	if (!model_has(t, field))
		template_number_set(t, field, at, value);
}

static void template_unify(struct template *t, bool valid, bool duress, int64_t version)
{
	template_number_usual(t, TEMPLATE_no, &t->no, 0);
	template_number_usual(t, TEMPLATE_part, &t->part, 0);
	template_number_set(t, TEMPLATE_duress, &t->duress, duress);
	template_number_set(t, TEMPLATE_valid, &t->valid, valid);
	if (!model_has(t, TEMPLATE_major_ver) || t->major_ver <= 0)
		template_number_set(t, TEMPLATE_major_ver, &t->major_ver, version);
	template_number_usual(t, TEMPLATE_minor_ver, &t->minor_ver, 0);
	/* A number in the document; "ZK" was refused by a device (QUIRKS Q31). */
	if (!model_has(t, TEMPLATE_format) || t->format.n == 0)
		t->format = GH_LIT("0");
	model_mark(t, TEMPLATE_format);
}

void template_form_set(struct template *t, enum credential_form to, int64_t version)
{
	bool valid = template_is_valid(t), duress = template_is_duress(t);

	if (credential_forms[to].type >= 0)
		t->type = credential_forms[to].type;
	model_mark(t, TEMPLATE_type);
	if (to == FORM_BIODATA) {
		template_unify(t, valid, duress, version);
	} else {
		template_number_set(t, TEMPLATE_valid, &t->valid,
				    !valid			       ? 0
				    : duress && to == FORM_FINGERPRINT ? VALID_DURESS
								       : 1);
		template_number_set(t, TEMPLATE_size, &t->size, (int64_t)t->data.n);
	}
	t->present &= command_field_mask(credential_forms[to].update);
}
