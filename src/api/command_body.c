#include "api/command_body.h"

#include <stdio.h>

#include "api/query.h"

static enum gh_err field_refuse(struct fault *fault, const char *name, const char *what)
{
	fault_set(fault, gh_slice_of(name), "%s", what);
	return GH_EINVALID;
}

static enum gh_err time_read(struct ghi_writer *w, enum command_argument_type type, gh_slice s)
{
	ghi_civil t;

	if (query_moment(s, type == ARGUMENT_END, &t))
		return GH_EINVALID;
	ghi_put_civil(w, t);
	return w->err;
}

/* The value of a field in the form arguments have. GH_EINVALID: the field is of another kind. */
static enum gh_err field_read(struct ghi_writer *w, enum command_argument_type type,
			      const struct body *m, bool may_be_empty, const char **why)
{
	switch (type) {
	case ARGUMENT_INT:
		*why = "must be a whole number";
		if (m->kind != BODY_INT || m->i < 0 || m->i > INT32_MAX)
			return GH_EINVALID;
		ghi_put_signed(w, m->i);
		return w->err;
	case ARGUMENT_BOOL:
		*why = "must be true or false";
		if (m->kind != BODY_BOOL)
			return GH_EINVALID;
		ghi_put_u8(w, m->i ? '1' : '0');
		return w->err;
	default:
		*why = "must be text that is not empty";
		if (m->kind != BODY_TEXT || (m->s.n == 0 && !may_be_empty))
			return GH_EINVALID;
		if (type == ARGUMENT_START || type == ARGUMENT_END) {
			*why = "must be a date or time that exists, as YYYY-MM-DD or "
			       "YYYY-MM-DD HH:MM:SS";
			return time_read(w, type, m->s);
		}
		/* Raw words alone may hold tabs. */
		enum gh_err err = command_value_check(ARGUMENT_TEXT, m->s, why);

		ghi_put(w, m->s);
		return err ? err : w->err;
	}
}

static enum gh_err parameter_read(struct ghi_writer *w, const struct command_parameter *p,
				  const struct body *b, struct fault *fault)
{
	const struct command_argument_row *a = &command_arguments[p->id];
	const struct body *m = body_find(b, gh_slice_of(a->name));
	uint8_t text[COMMAND_BODY_VALUE];
	struct ghi_writer value = ghi_writer_on(text, sizeof(text));
	const char *what;

	if (m && m->kind == BODY_NULL)
		m = NULL;
	if (m == NULL && p->required)
		return field_refuse(fault, a->name, "is missing");
	if (m == NULL && !p->has_usual)
		return GH_OK;
	if (m == NULL) {
		command_argument_put(w, a->name, p->usual);
		return w->err;
	}
	enum gh_err err = field_read(&value, a->type, m, p->has_usual, &what);

	if (err == GH_EINVALID)
		return field_refuse(fault, a->name, what);
	if (err)
		return err;
	command_argument_put(w, a->name, ghi_written(&value));
	return w->err;
}

/* --- a record: the member "person" --- */

static enum gh_err member_refuse(struct fault *fault, gh_slice record, gh_slice member,
				 const char *what)
{
	char path[FAULT_FIELD];

	snprintf(path, sizeof(path), "%.*s.%.*s", GH_FMT(record),
		 member.n > 40 ? 40 : (int)member.n, (const char *)member.p);
	fault_set(fault, gh_slice_of(path), "%s", what);
	return GH_EINVALID;
}

/* Names of the API that are none of the record's own. */
static gh_slice member_alias(gh_slice name)
{
	return gh_slice_eq(name, GH_LIT("group")) ? GH_LIT("groupId") : name;
}

/* k->fields: it is none of the record's. */
static size_t member_find(const struct model_kind *k, gh_slice name)
{
	size_t i = 0;

	name = member_alias(name);
	while (i < k->fields && !gh_slice_eq(name, gh_slice_of(k->field[i].json)))
		i++;
	return i < k->fields && k->field[i].flags & (MODEL_OWN | MODEL_EXTRA) ? k->fields : i;
}

static enum gh_err member_unknown(struct fault *fault, const struct model_kind *k,
				  gh_slice member)
{
	struct suggestion near = suggestion_for(member);
	struct fault f;

	for (size_t i = 0; i < k->fields; i++)
		if (!(k->field[i].flags & (MODEL_OWN | MODEL_EXTRA)))
			suggestion_offer(&near, gh_slice_of(k->field[i].json));
	suggestion_offer_words(&near, "group cards");
	suggestion_fault(&near, &f, (gh_slice){ 0 }, "is unknown");
	return member_refuse(fault, gh_slice_of(k->name), member, f.message);
}

static const char *member_set(const struct model_kind *k, gh_slice name, const struct body *m,
			      union model_record *out)
{
	size_t i = member_find(k, name);
	const char *why;

	if (i == k->fields)
		return "is unknown";
	if (model_has(out, i))
		return "is there twice, under two names";
	if (k->field[i].type == MODEL_INT) {
		if (m->kind != BODY_INT || m->i < -1 || m->i > INT32_MAX)
			return "must be a whole number";
		*(int64_t *)model_at(k, out, i) = m->i;
	} else {
		if (m->kind != BODY_TEXT)
			return "must be text";
		if (command_value_check(ARGUMENT_TEXT, m->s, &why))
			return why;
		if (m->s.n == 0 && k->field[i].flags & MODEL_KEY)
			return "may not be empty";
		*(gh_slice *)model_at(k, out, i) = m->s;
	}
	model_mark(out, i);
	return NULL;
}

/* The first card is the person's, the second one the vice card; an empty list takes the card
 * away. */
static const char *cards_set(const struct model_kind *k, const struct body *m,
			     union model_record *out)
{
	static const struct body none = { .kind = BODY_TEXT };
	const char *why;

	if (m->kind != BODY_ARRAY || m->parts > 2)
		return "must be a list of one or two card numbers";
	why = member_set(k, GH_LIT("card"), m->parts ? &m->part[0] : &none, out);
	if (why == NULL && m->parts > 1)
		why = member_set(k, GH_LIT("viceCard"), &m->part[1], out);
	return why;
}

static enum gh_err record_read(struct ghi_writer *w, enum command_kind kind,
			       const struct body *b, struct fault *fault)
{
	const struct model_kind *k = &model_kinds[command_kind_row(kind)->record];
	gh_slice record_name = gh_slice_of(k->name);
	const struct body *m = body_find(b, record_name);
	union model_record record = { 0 };

	if (m == NULL || m->kind != BODY_OBJECT) {
		fault_set(fault, record_name, m ? "must be an object" : "is missing");
		return GH_EINVALID;
	}
	for (size_t i = 0; i < m->parts; i++) {
		const struct body *part = &m->part[i];

		if (!gh_slice_eq(part->name, GH_LIT("cards")) &&
		    member_find(k, part->name) == k->fields)
			return member_unknown(fault, k, part->name);
		const char *why = part->kind == BODY_NULL ? NULL
				  : gh_slice_eq(part->name, GH_LIT("cards"))
					  ? cards_set(k, part, &record)
					  : member_set(k, part->name, part, &record);

		if (why)
			return member_refuse(fault, record_name, part->name, why);
	}
	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].flags & MODEL_KEY && !model_has(&record, i))
			return member_refuse(fault, record_name, gh_slice_of(k->field[i].json),
					     "is missing");
	command_record_put(w, kind, &record);
	/* Fields that are not named stay as the device has them. */
	command_argument_put(w, command_arguments[ARGUMENT_merge].name, GH_LIT("1"));
	return w->err;
}

/* --- the request --- */

static enum gh_err name_unknown(enum command_kind kind, gh_slice name, struct fault *fault)
{
	const struct command_kind_row *row = command_kind_row(kind);
	struct suggestion near = suggestion_for(name);
	gh_slice type = command_kind_type(kind);
	const char *at = row->arguments;
	struct command_parameter p;
	char what[80];

	suggestion_offer_words(&near, "deviceSerial type ttl reason");
	if (row->record < KIND_COUNT)
		suggestion_offer(&near, gh_slice_of(model_kinds[row->record].name));
	else
		while (command_parameter_next(&at, &p))
			suggestion_offer(&near, gh_slice_of(command_arguments[p.id].name));
	snprintf(what, sizeof(what), "is unknown for type \"%.*s\"", GH_FMT(type));
	suggestion_fault(&near, fault, name, what);
	return GH_EINVALID;
}

/* Every field of the request must mean something to this kind. */
static enum gh_err names_check(enum command_kind kind, const struct body *b,
			       struct fault *fault)
{
	for (size_t i = 0; i < b->parts; i++) {
		gh_slice name = b->part[i].name;
		const char *at = command_kind_row(kind)->arguments;
		const struct command_kind_row *row = command_kind_row(kind);
		bool known = query_takes("deviceSerial type ttl reason", name) ||
			     (row->record < KIND_COUNT &&
			      gh_slice_eq(name, gh_slice_of(model_kinds[row->record].name)));
		struct command_parameter p;

		while (!known && command_parameter_next(&at, &p))
			known = gh_slice_eq(gh_slice_of(command_arguments[p.id].name), name);
		if (!known)
			return name_unknown(kind, name, fault);
	}
	return GH_OK;
}

enum gh_err command_body_read(struct ghi_writer *w, enum command_kind kind,
			      const struct body *b, struct fault *fault)
{
	const char *at = command_kind_row(kind)->arguments;
	struct command_parameter p;
	enum gh_err err = names_check(kind, b, fault);

	if (err == GH_OK && command_kind_row(kind)->record < KIND_COUNT)
		return record_read(w, kind, b, fault);
	while (err == GH_OK && command_parameter_next(&at, &p))
		err = parameter_read(w, &p, b, fault);
	return err;
}
