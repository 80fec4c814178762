#include "api/command_record.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/command_field.h"
#include "model/record.h"

static enum gh_err member_refuse(struct fault *fault, gh_slice record, gh_slice member,
				 const char *what)
{
	char path[FAULT_FIELD];

	snprintf(path, sizeof(path), "%.*s.%.*s", GH_FMT(record),
		 member.n > 40 ? 40 : (int)member.n, (const char *)member.p);
	fault_set(fault, gh_slice_of(path), "%s", what);
	return GH_EINVALID;
}

/* A record that is read from a body. */
struct record_reading {
	enum command_kind kind;
	const struct model_kind *model;
	gh_slice name; /* of the member */
	union model_record record;
};

/* Names of the API that are none of the record's own. */
static gh_slice member_alias(const struct record_reading *r, gh_slice name)
{
	return r->kind == COMMAND_KIND_UPDATE_PERSON && gh_slice_eq(name, GH_LIT("group"))
		       ? GH_LIT("groupId")
		       : name;
}

/* NULL: it is none of those that an order of the kind may have. */
static const struct command_field *member_find(const struct record_reading *r, gh_slice name)
{
	size_t i = 0;

	name = member_alias(r, name);
	while (i < r->model->fields && !gh_slice_eq(name, gh_slice_of(r->model->field[i].json)))
		i++;
	return command_field_find(r->kind, i);
}

static bool member_is_cards(const struct record_reading *r, gh_slice name)
{
	return r->kind == COMMAND_KIND_UPDATE_PERSON && gh_slice_eq(name, GH_LIT("cards"));
}

static enum gh_err member_unknown(struct fault *fault, const struct record_reading *r,
				  gh_slice member)
{
	struct suggestion near = suggestion_for(member);
	struct fault f;
	size_t n;
	const struct command_field *known = command_fields_of(r->kind, &n);

	for (size_t i = 0; i < n; i++)
		suggestion_offer(&near, gh_slice_of(r->model->field[known[i].field].json));
	if (r->kind == COMMAND_KIND_UPDATE_PERSON)
		suggestion_offer_words(&near, "group cards");
	suggestion_fault(&near, &f, (gh_slice){ 0 }, "is unknown");
	return member_refuse(fault, r->name, member, f.message);
}

static void record_member_put(struct record_reading *r, size_t field, gh_slice text,
			      int64_t number)
{
	if (r->model->field[field].type == MODEL_INT)
		*(int64_t *)model_at(r->model, &r->record, field) = number;
	else
		*(gh_slice *)model_at(r->model, &r->record, field) = text;
	model_mark(&r->record, field);
}

/* GH_EINVALID: `why` has the reason; GH_ESPACE. */
static enum gh_err member_set(struct record_reading *r, gh_slice name, const struct body *m,
			      char why[COMMAND_WHY])
{
	const struct command_field *f = member_find(r, name);
	struct command_scalar scalar;
	gh_slice value;
	bool number = f && r->model->field[f->field].type == MODEL_INT;

	snprintf(why, COMMAND_WHY, "is unknown");
	if (f == NULL)
		return GH_EINVALID;
	snprintf(why, COMMAND_WHY, "is there twice, under two names");
	if (model_has(&r->record, f->field))
		return GH_EINVALID;
	snprintf(why, COMMAND_WHY, "must be text");
	if (!number && m->kind != BODY_TEXT)
		return GH_EINVALID;
	enum gh_err err =
		command_value_read(&scalar, &f->rule, m, f->rule.least == 0, &value, why);

	if (err == GH_EINVALID && !number && m->s.n == 0)
		snprintf(why, COMMAND_WHY, "may not be empty");
	if (err == GH_OK)
		record_member_put(r, f->field, value, m->i);
	return err;
}

/* The first card is the person's, the second one the vice card; an empty list takes the card
 * away. */
static enum gh_err cards_set(struct record_reading *r, const struct body *m,
			     char why[COMMAND_WHY])
{
	static const struct body none = { .kind = BODY_TEXT };
	enum gh_err err;

	snprintf(why, COMMAND_WHY, "must be a list of one or two card numbers");
	if (m->kind != BODY_ARRAY || m->parts > 2)
		return GH_EINVALID;
	err = member_set(r, GH_LIT("card"), m->parts ? &m->part[0] : &none, why);
	if (err == GH_OK && m->parts > 1)
		err = member_set(r, GH_LIT("viceCard"), &m->part[1], why);
	return err;
}

/* The text of which a computed field is the length. */
static const gh_slice *record_bulk(const struct record_reading *r,
				   const struct command_field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((f[i].rule.type == ARGUMENT_BASE64 || f[i].rule.type == ARGUMENT_JPEG) &&
		    model_has(&r->record, f[i].field))
			return model_at_const(r->model, &r->record, f[i].field);
	return NULL;
}

/* What is absent gets what is usual; what is needed must be there. */
static enum gh_err record_complete(struct record_reading *r, struct fault *fault)
{
	size_t n;
	const struct command_field *f = command_fields_of(r->kind, &n);
	const gh_slice *bulk = record_bulk(r, f, n);

	for (size_t i = 0; i < n; i++) {
		gh_slice json = gh_slice_of(r->model->field[f[i].field].json);
		bool there = model_has(&r->record, f[i].field);
		char why[COMMAND_WHY];

		if (!there && f[i].required)
			return member_refuse(fault, r->name, json, "is missing");
		if (!there && f[i].usual)
			record_member_put(r, f[i].field, gh_slice_of(f[i].usual),
					  strtoll(f[i].usual, NULL, 10));
		if (!f[i].computed || bulk == NULL)
			continue;
		if (!there)
			record_member_put(r, f[i].field, (gh_slice){ 0 }, (int64_t)bulk->n);
		if (*(int64_t *)model_at(r->model, &r->record, f[i].field) == (int64_t)bulk->n)
			continue;
		snprintf(why, sizeof(why),
			 "must be %zu, the length of the base64 text, or absent", bulk->n);
		return member_refuse(fault, r->name, json, why);
	}
	return GH_OK;
}

enum gh_err command_record_read(struct ghi_writer *w, enum command_kind kind,
				const struct body *b, struct fault *fault)
{
	struct record_reading r = { .kind = kind,
				    .model = &model_kinds[command_kind_row(kind)->record],
				    .name = gh_slice_of(command_record_member(kind)) };
	const struct body *m = body_find(b, r.name);
	char why[COMMAND_WHY];

	if (m == NULL || m->kind != BODY_OBJECT) {
		fault_set(fault, r.name, m ? "must be an object" : "is missing");
		return GH_EINVALID;
	}
	for (size_t i = 0; i < m->parts; i++) {
		const struct body *part = &m->part[i];
		enum gh_err err = GH_OK;

		if (!member_is_cards(&r, part->name) && member_find(&r, part->name) == NULL)
			return member_unknown(fault, &r, part->name);
		if (part->kind != BODY_NULL)
			err = member_is_cards(&r, part->name)
				      ? cards_set(&r, part, why)
				      : member_set(&r, part->name, part, why);
		if (err == GH_EINVALID)
			return member_refuse(fault, r.name, part->name, why);
		if (err)
			return err;
	}
	enum gh_err err = record_complete(&r, fault);

	if (err)
		return err;
	command_record_put(w, kind, &r.record);
	/* Fields that are not named stay as the device has them. */
	if (kind == COMMAND_KIND_UPDATE_PERSON)
		command_argument_put(w, command_arguments[ARGUMENT_merge].name, GH_LIT("1"));
	return w->err;
}
