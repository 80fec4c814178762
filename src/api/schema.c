#include "api/schema.h"

#include <stdarg.h>
#include <stdio.h>

#include "api/query.h"
#include "base/writer.h"

struct check {
	struct faults *out;
	struct ghi_writer path; /* of the value that is looked at */
};

__attribute__((format(printf, 2, 3))) static void check_fail(struct check *c, const char *text,
							     ...);
static void value_check(struct check *c, const struct schema *s, const struct body *v);

/* --- formats --- */

static bool format_any(gh_slice s)
{
	(void)s;
	return true;
}

static bool format_line(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return true;
}

static bool format_digits(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool format_instant(gh_slice s)
{
	ghi_civil t;

	return query_instant(s, &t) == GH_OK;
}

static bool format_moment(gh_slice s)
{
	ghi_civil t;

	return query_moment(s, false, &t) == GH_OK;
}

static const struct {
	bool (*check)(gh_slice s);
	const char *pattern, *expected;
} formats[FORMATS] = {
#define SCHEMA_FORMAT(NAME, check, pattern, expected) \
	[FORMAT_##NAME] = { format_##check, pattern, expected },
#include "api/schema_format.def"
#undef SCHEMA_FORMAT
};

const char *schema_format_pattern(enum schema_format format)
{
	return formats[format].pattern;
}

/* --- faults --- */

static void check_fail(struct check *c, const char *text, ...)
{
	char message[FAULT_MESSAGE];
	va_list ap;

	if (c->out->n == FAULTS)
		return;
	va_start(ap, text);
	vsnprintf(message, sizeof(message), text, ap);
	va_end(ap);
	fault_set(&c->out->row[c->out->n++], ghi_written(&c->path), "%s", message);
}

/* Step into a member or an item; what the path was is given back to leave with. */
static size_t path_enter_member(struct check *c, gh_slice name)
{
	size_t before = c->path.n;

	if (before)
		ghi_put_u8(&c->path, '.');
	ghi_put(&c->path, name);
	return before;
}

static size_t path_enter_item(struct check *c, size_t i)
{
	size_t before = c->path.n;

	ghi_put_u8(&c->path, '[');
	ghi_put_decimal(&c->path, i);
	ghi_put_u8(&c->path, ']');
	return before;
}

static void path_leave(struct check *c, size_t before)
{
	c->path.n = before;
	c->path.err = GH_OK;
}

/* --- values --- */

static int64_t text_characters(gh_slice s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xC0) != 0x80;
	return n;
}

static void text_check(struct check *c, const struct schema *s, const struct body *v)
{
	int64_t n = text_characters(v->s);

	if (s->flags & SCHEMA_OR_NUMBER && v->kind == BODY_INT)
		return;
	if (v->kind != BODY_TEXT)
		check_fail(c, s->flags & SCHEMA_OR_NUMBER ? "must be text or a whole number"
							  : "must be text");
	else if (n != s->least && s->least == s->most)
		check_fail(c, "must have %lld characters", (long long)s->least);
	else if (n < s->least || n > s->most)
		check_fail(c, "must have %lld to %lld characters", (long long)s->least,
			   (long long)s->most);
	else if (!formats[s->format].check(v->s))
		check_fail(c, "must %s", formats[s->format].expected);
}

bool schema_word(const struct schema *s, size_t i, gh_slice *out)
{
	gh_slice rest = gh_slice_of(s->words);

	if (s->word) {
		*out = gh_slice_of(s->word(i));
		return out->p != NULL;
	}
	for (; rest.n; i--) {
		gh_slice_cut(rest, ' ', out, &rest);
		if (i == 0)
			return true;
	}
	return false;
}

static void word_check(struct check *c, const struct schema *s, const struct body *v)
{
	gh_slice given = v->kind == BODY_TEXT ? v->s : (gh_slice){ 0 }, word;
	struct suggestion near = suggestion_for(given);
	char words[160] = "";

	for (size_t i = 0; schema_word(s, i, &word); i++) {
		size_t n = strlen(words);

		if (given.n && gh_slice_eq(word, given))
			return;
		suggestion_offer(&near, word);
		snprintf(words + n, sizeof(words) - n, " %.*s", GH_FMT(word));
	}
	if (near.best.n)
		check_fail(c, "must be one of:%s; did you mean \"%.*s\"?", words,
			   GH_FMT(near.best));
	else
		check_fail(c, "must be one of:%s", words);
}

static void int_check(struct check *c, const struct schema *s, const struct body *v)
{
	if (v->kind != BODY_INT)
		check_fail(c, "must be a whole number");
	else if (v->i < s->least || v->i > s->most)
		check_fail(c, "must be from %lld to %lld", (long long)s->least,
			   (long long)s->most);
}

static const struct schema *schema_field(const struct schema *s, gh_slice name)
{
	for (size_t i = 0; i < s->parts; i++)
		if (gh_slice_eq(gh_slice_of(s->part[i].name), name))
			return &s->part[i];
	return NULL;
}

static void member_check(struct check *c, const struct schema *s, const struct body *member)
{
	const struct schema *field = schema_field(s, member->name);
	size_t before = path_enter_member(c, member->name);

	if (field) {
		value_check(c, field, member);
	} else if (!(s->flags & SCHEMA_OPEN)) {
		struct suggestion near = suggestion_for(member->name);
		struct fault f;

		for (size_t i = 0; i < s->parts; i++)
			suggestion_offer(&near, gh_slice_of(s->part[i].name));
		suggestion_fault(&near, &f, (gh_slice){ 0 }, "is unknown");
		check_fail(c, "%s", f.message);
	}
	path_leave(c, before);
}

static void object_check(struct check *c, const struct schema *s, const struct body *v)
{
	if (v->kind != BODY_OBJECT) {
		check_fail(c,
			   c->path.n ? "must be an object" : "The body must be a JSON object");
		return;
	}
	for (size_t i = 0; i < v->parts; i++)
		member_check(c, s, &v->part[i]);
	for (size_t i = 0; i < s->parts; i++) {
		gh_slice name = gh_slice_of(s->part[i].name);

		if (!(s->part[i].flags & SCHEMA_REQUIRED) || body_find(v, name))
			continue;
		size_t before = path_enter_member(c, name);

		check_fail(c, "is missing");
		path_leave(c, before);
	}
	if ((int64_t)v->parts < s->least)
		check_fail(c,
			   c->path.n ? "must have at least %lld of its fields"
				     : "The body must have at least %lld of its fields",
			   (long long)s->least);
}

static bool items_count_check(struct check *c, const struct schema *s, const struct body *v)
{
	if ((int64_t)v->parts >= s->least && (int64_t)v->parts <= s->most)
		return true;
	check_fail(c,
		   c->path.n ? "must have %lld to %lld items"
			     : "The body must have %lld to %lld items",
		   (long long)s->least, (long long)s->most);
	return false;
}

static void array_check(struct check *c, const struct schema *s, const struct body *v)
{
	if (v->kind != BODY_ARRAY) {
		check_fail(c, c->path.n ? "must be a list" : "The body must be a JSON array");
		return;
	}
	if (!items_count_check(c, s, v))
		return;
	for (size_t i = 0; i < v->parts && c->out->n < FAULTS; i++) {
		size_t before = path_enter_item(c, i);

		value_check(c, s->part, &v->part[i]);
		path_leave(c, before);
	}
}

static void map_check(struct check *c, const struct schema *s, const struct body *v)
{
	if (v->kind != BODY_OBJECT) {
		check_fail(c,
			   c->path.n ? "must be an object" : "The body must be a JSON object");
		return;
	}
	if (s->most && (int64_t)v->parts > s->most)
		check_fail(c, "must have %lld members at the most", (long long)s->most);
	for (size_t i = 0; i < v->parts && c->out->n < FAULTS; i++) {
		size_t before = path_enter_member(c, v->part[i].name);

		value_check(c, s->part, &v->part[i]);
		path_leave(c, before);
	}
}

static void schema_one_or_many_check(struct check *c, const struct schema *s,
				     const struct body *v)
{
	if (v->kind == BODY_ARRAY)
		items_count_check(c, s, v);
	else
		object_check(c, s->part, v);
}

static void value_check(struct check *c, const struct schema *s, const struct body *v)
{
	if (v->kind == BODY_NULL && s->flags & SCHEMA_NULLABLE)
		return;
	switch (s->kind) {
	case SCHEMA_TEXT:
		text_check(c, s, v);
		break;
	case SCHEMA_WORD:
		word_check(c, s, v);
		break;
	case SCHEMA_INT:
		int_check(c, s, v);
		break;
	case SCHEMA_BOOL:
		if (v->kind != BODY_BOOL)
			check_fail(c, "must be true or false");
		break;
	case SCHEMA_OBJECT:
		object_check(c, s, v);
		break;
	case SCHEMA_ARRAY:
		array_check(c, s, v);
		break;
	case SCHEMA_MAP:
		map_check(c, s, v);
		break;
	case SCHEMA_ONE_OR_MANY:
		schema_one_or_many_check(c, s, v);
		break;
	case SCHEMA_REFERENCE:
		break;
	}
}

void schema_check(const struct schema *schema, const struct body *value, struct faults *out)
{
	uint8_t path[FAULT_FIELD];
	struct check c = { .out = out, .path = ghi_writer_on(path, sizeof(path)) };

	out->n = 0;
	value_check(&c, schema, value);
}
