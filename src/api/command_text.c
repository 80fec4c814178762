#include "api/command_text.h"

#include <stdio.h>

#include "api/query.h"

const struct command_type command_types[] = {
#define COMMAND_TYPE(name, text, scope, about) { name, text, TOKEN_##scope, about },
#include "api/command_type.def"
#undef COMMAND_TYPE
};

const size_t command_types_count = sizeof(command_types) / sizeof(command_types[0]);

const struct command_type *command_type_find(gh_slice name)
{
	for (size_t i = 0; i < command_types_count; i++)
		if (gh_slice_eq(name, gh_slice_of(command_types[i].name)))
			return &command_types[i];
	return NULL;
}

/* "{name:kind=usual}", "{name:kind!}" or "{name:kind}" at the front of text. */
static const char *read_arg(const char *text, struct command_arg *out)
{
	const char *end = strchr(text, '}');
	gh_slice in = { (const uint8_t *)text + 1, (size_t)(end - text) - 1 };

	*out = (struct command_arg){ 0 };
	gh_slice_cut(in, ':', &out->name, &in);
	if (in.n && in.p[in.n - 1] == '!') {
		out->silent = true;
		in.n--;
	}
	out->has_usual = gh_slice_cut(in, '=', &out->kind, &out->usual);
	return end + 1;
}

bool command_arg_next(const char **text, struct command_arg *out)
{
	const char *at = *text, *open = strchr(at, '{'), *optional = strchr(at, '[');

	if (open == NULL)
		return false;
	*text = read_arg(open, out);
	out->required =
		!out->silent && !out->has_usual && (optional == NULL || optional > open);
	return true;
}

static enum gh_err refuse(char why[200], const struct command_arg *a, const char *what)
{
	snprintf(why, 200, "Field \"%.*s\" %s.", GH_FMT(a->name), what);
	return GH_EINVALID;
}

static enum gh_err put_text(struct ghi_writer *w, const struct command_arg *a, gh_slice s,
			    char why[200])
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7F)
			return refuse(why, a,
				      "may not contain tabs, line breaks or other control "
				      "characters");
	ghi_put(w, s);
	return GH_OK;
}

static enum gh_err put_time(struct ghi_writer *w, const struct command_arg *a, gh_slice s,
			    bool last, char why[200])
{
	ghi_civil t;

	if (query_moment(s, last, &t))
		return refuse(why, a,
			      "must be a date or time that exists, as YYYY-MM-DD or "
			      "YYYY-MM-DD HH:MM:SS");
	ghi_put_civil(w, t);
	return GH_OK;
}

static enum gh_err put_value(struct ghi_writer *w, const struct command_arg *a,
			     const struct body_member *m, char why[200])
{
	bool start = gh_slice_eq(a->kind, GH_LIT("start"));

	if (gh_slice_eq(a->kind, GH_LIT("int"))) {
		if (m->kind != BODY_INT || m->i < 0 || m->i > INT32_MAX)
			return refuse(why, a, "must be a whole number");
		ghi_put_signed(w, m->i);
		return GH_OK;
	}
	if (gh_slice_eq(a->kind, GH_LIT("bool"))) {
		if (m->kind != BODY_BOOL)
			return refuse(why, a, "must be true or false");
		ghi_put_u8(w, m->i ? '1' : '0');
		return GH_OK;
	}
	if (m->kind != BODY_TEXT || (m->s.n == 0 && !a->has_usual))
		return refuse(why, a, "must be text that is not empty");
	if (start || gh_slice_eq(a->kind, GH_LIT("end")))
		return put_time(w, a, m->s, !start, why);
	return put_text(w, a, m->s, why);
}

static enum gh_err put_arg(struct ghi_writer *w, const struct command_arg *a,
			   const struct body *b, char why[200])
{
	const struct body_member *m = body_find(b, a->name);
	uint8_t unsent[512];
	struct ghi_writer nowhere = ghi_writer_on(unsent, sizeof(unsent));

	if (m && m->kind == BODY_NULL)
		m = NULL;
	if (m)
		return put_value(a->silent ? &nowhere : w, a, m, why);
	if (a->silent)
		return GH_OK;
	if (!a->has_usual)
		return refuse(why, a, "is missing");
	ghi_put(w, a->usual);
	return GH_OK;
}

/* Whether all values of the part that begins behind '[' are there. */
static bool part_is_wanted(const char *text, const struct body *b)
{
	for (; *text != ']'; text++) {
		const struct body_member *m;
		struct command_arg a;

		if (*text != '{')
			continue;
		text = read_arg(text, &a) - 1;
		m = body_find(b, a.name);
		if (m == NULL || m->kind == BODY_NULL)
			return false;
	}
	return true;
}

/* Every field of the request must mean something to this type. */
static enum gh_err check_names(const struct command_type *type, const struct body *b,
			       char why[200])
{
	for (size_t i = 0; i < b->n; i++) {
		gh_slice name = b->member[i].name;
		const char *at = type->text;
		struct command_arg a;
		bool known = query_takes("deviceSerial type ttl", name);

		while (!known && command_arg_next(&at, &a))
			known = gh_slice_eq(a.name, name);
		if (!known) {
			snprintf(why, 200, "Unknown field \"%.*s\" for type \"%s\".",
				 name.n > 60 ? 60 : (int)name.n, (const char *)name.p,
				 type->name);
			return GH_EINVALID;
		}
	}
	return GH_OK;
}

enum gh_err command_text_write(struct ghi_writer *w, const struct command_type *type,
			       const struct body *b, char why[200])
{
	const char *at = type->text;
	enum gh_err err = check_names(type, b, why);

	while (err == GH_OK && *at) {
		struct command_arg a;

		if (*at == '{') {
			at = read_arg(at, &a);
			err = put_arg(w, &a, b, why);
		} else if (*at == '[' && !part_is_wanted(at + 1, b)) {
			at = strchr(at, ']') + 1;
		} else {
			if (*at != '[' && *at != ']')
				ghi_put_u8(w, (uint8_t)*at);
			at++;
		}
	}
	return err ? err : w->err;
}

enum token_scope command_text_scope(gh_slice text)
{
	static const char *const full_control[] = { "SHELL", "GetFile", "PutFile", "UPGRADE",
						    "CLEAR" };

	for (size_t i = 0; i < sizeof(full_control) / sizeof(full_control[0]); i++)
		if (gh_slice_istarts(gh_slice_trim(text), gh_slice_of(full_control[i])))
			return TOKEN_ADMIN;
	return TOKEN_WRITE;
}
