#include "api/command_body.h"

#include "api/query.h"

#define VALUE_MAX 8192

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
	uint8_t text[VALUE_MAX];
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

/* Every field of the request must mean something to this kind. */
static enum gh_err names_check(enum command_kind kind, const struct body *b,
			       struct fault *fault)
{
	for (size_t i = 0; i < b->parts; i++) {
		gh_slice name = b->part[i].name;
		const char *at = command_kind_row(kind)->arguments;
		bool known = query_takes("deviceSerial type ttl", name);
		struct command_parameter p;

		while (!known && command_parameter_next(&at, &p))
			known = gh_slice_eq(gh_slice_of(command_arguments[p.id].name), name);
		if (!known) {
			gh_slice type = command_kind_type(kind);

			fault_set(fault, name, "is unknown for type \"%.*s\"", GH_FMT(type));
			return GH_EINVALID;
		}
	}
	return GH_OK;
}

enum gh_err command_body_read(struct ghi_writer *w, enum command_kind kind,
			      const struct body *b, struct fault *fault)
{
	const char *at = command_kind_row(kind)->arguments;
	struct command_parameter p;
	enum gh_err err = names_check(kind, b, fault);

	while (err == GH_OK && command_parameter_next(&at, &p))
		err = parameter_read(w, &p, b, fault);
	return err;
}
