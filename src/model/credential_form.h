/* The forms in which templates and pictures of a person are on a device (credential_form.def), and what the same
 * template is in another form. */
#ifndef GH_MODEL_CREDENTIAL_FORM_H
#define GH_MODEL_CREDENTIAL_FORM_H

#include "model/command_kind.h"
#include "model/record.h"

enum credential_form {
#define CREDENTIAL_FORM(NAME, word, words, record, update, delete, type, each) FORM_##NAME,
#include "model/credential_form.def"
	CREDENTIAL_FORMS
};

/* What a deletion can remove at the least. */
enum credential_each { EACH_NUMBER, EACH_TYPE_NUMBER, EACH_PERSON };

struct credential_form_row {
	const char *word;  /* `source` of a template, `kind` of a photo */
	const char *words; /* what people read */
	enum model_kind_id record;
	enum command_kind update, delete;
	int64_t type; /* biometric type; -1: the record names its own */
	enum credential_each each;
};
extern const struct credential_form_row credential_forms[CREDENTIAL_FORMS];

/* The biometric types that have forms of their own, and faces in visible light. */
enum { TYPE_FINGERPRINT = 1, TYPE_FACE = 2, TYPE_FINGER_VEIN = 7, TYPE_VISIBLE_FACE = 9 };
/* FINGERTMP takes templates of this version of the algorithm at the most (Attendance PUSH 2020-03, 12.1.1.3). */
#define FINGERTMP_NEWEST 10

/* By the record of a template or a photo. CREDENTIAL_FORMS: a picture that belongs to no person's record, or another
 * kind. A template of an unknown source is a unified one. */
enum credential_form credential_form_of(enum model_kind_id kind, const void *record);

/* What an order writes or removes. CREDENTIAL_FORMS: neither a template nor a photo. */
enum credential_form credential_form_of_command(enum command_kind kind, bool *removes);

/* --- a template in another form --- */

/* Whether it is valid, and whether its finger is one of duress: FINGERTMP has 3 in `valid` for both. */
bool template_is_valid(const struct template *t);
bool template_is_duress(const struct template *t);

/* Make the fields of `to` those that an order of that form has; `version` is the major one of the algorithm, of a
 * template that names none. The data is not changed. Fields are those of the unified form otherwise: `no` is the
 * finger, and `part` the number of a part. */
void template_form_set(struct template *t, enum credential_form to, int64_t version);

#endif
