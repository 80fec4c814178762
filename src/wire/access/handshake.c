#include "wire/access/handshake.h"

#include "base/number.h"

enum server_option_kind { SERVER_OPTION_TEXT, SERVER_OPTION_NUMBER };

static const struct server_option {
	const char *name;
	size_t offset;
	enum server_option_kind kind;
} server_option[] = {
#define GHI_SERVER_OPTION(member, KIND, name) \
	{ name, offsetof(struct ghi_server_options, member), SERVER_OPTION_##KIND },
#include "wire/access/server_option.def"
#undef GHI_SERVER_OPTION
};
#define SERVER_OPTIONS (sizeof(server_option) / sizeof(server_option[0]))

static int64_t *option_number(struct ghi_server_options *o, const struct server_option *s)
{
	return (int64_t *)(void *)((uint8_t *)o + s->offset);
}

static gh_slice *option_text(struct ghi_server_options *o, const struct server_option *s)
{
	return (gh_slice *)(void *)((uint8_t *)o + s->offset);
}

void ghi_server_options_clear(struct ghi_server_options *o)
{
	*o = (struct ghi_server_options){ .registry_code = { 0 } };
	for (size_t i = 0; i < SERVER_OPTIONS; i++)
		if (server_option[i].kind == SERVER_OPTION_NUMBER)
			*option_number(o, &server_option[i]) = -1;
}

static void option_key_put(struct ghi_writer *w, const char *name)
{
	if (w->n)
		ghi_put_u8(w, '\n');
	ghi_put(w, gh_slice_of(name));
	ghi_put_u8(w, '=');
}

static void option_text_put(struct ghi_writer *w, gh_slice value)
{
	if (w->err == GH_OK && value.n &&
	    (memchr(value.p, '\n', value.n) || memchr(value.p, '\r', value.n) ||
	     memchr(value.p, '\0', value.n)))
		w->err = GH_EMALFORMED;
	ghi_put(w, value);
}

void ghi_server_options_write(struct ghi_writer *w, const struct ghi_server_options *o)
{
	if (o->registry_code.n) {
		ghi_put(w, GH_LIT("registry=ok"));
		option_key_put(w, "RegistryCode");
		option_text_put(w, o->registry_code);
	}
	for (size_t i = 0; i < SERVER_OPTIONS; i++) {
		const struct server_option *s = &server_option[i];
		const void *at = (const uint8_t *)o + s->offset;

		if (s->kind == SERVER_OPTION_NUMBER) {
			int64_t number = *(const int64_t *)at;

			if (number < 0)
				continue;
			option_key_put(w, s->name);
			ghi_put_decimal(w, (uint64_t)number);
		} else if (((const gh_slice *)at)->n) {
			option_key_put(w, s->name);
			option_text_put(w, *(const gh_slice *)at);
		}
	}
}

/* The next line that has an option, blanks around its parts removed. */
static bool option_next(gh_slice *in, gh_slice *name, gh_slice *value)
{
	gh_slice line;

	while (in->n) {
		gh_slice_cut(*in, '\n', &line, in);
		if (!gh_slice_cut(line, '=', name, value))
			continue;
		*name = gh_slice_trim(*name);
		*value = gh_slice_trim(*value);
		return true;
	}
	return false;
}

/* The first of a name counts. */
static void option_take(struct ghi_server_options *o, gh_slice name, gh_slice value)
{
	for (size_t i = 0; i < SERVER_OPTIONS; i++) {
		const struct server_option *s = &server_option[i];
		uint64_t number;

		if (!gh_slice_ieq(name, gh_slice_of(s->name)))
			continue;
		if (s->kind == SERVER_OPTION_TEXT && option_text(o, s)->n == 0)
			*option_text(o, s) = value;
		else if (s->kind == SERVER_OPTION_NUMBER && *option_number(o, s) < 0 &&
			 ghi_number_parse(value, INT64_MAX, &number) == GH_OK)
			*option_number(o, s) = (int64_t)number;
	}
}

enum gh_err ghi_server_options_parse(gh_slice body, bool first, struct ghi_server_options *out)
{
	gh_slice name, value;
	bool ok = false, any = false;

	ghi_server_options_clear(out);
	if (first && gh_slice_eq(gh_slice_trim(body), GH_LIT("OK")))
		return GH_ENOTFOUND;
	while (option_next(&body, &name, &value)) {
		any = true;
		if (gh_slice_ieq(name, GH_LIT("registry")))
			ok |= gh_slice_ieq(value, GH_LIT("ok"));
		else if (gh_slice_ieq(name, GH_LIT("RegistryCode")) &&
			 out->registry_code.n == 0)
			out->registry_code = value;
		else
			option_take(out, name, value);
	}
	if (!any)
		return GH_EMALFORMED;
	return first && (!ok || out->registry_code.n == 0) ? GH_ENOTFOUND : GH_OK;
}

void ghi_registry_code_write(struct ghi_writer *w, gh_slice code)
{
	ghi_put(w, GH_LIT("RegistryCode="));
	option_text_put(w, code);
}

enum gh_err ghi_registry_code_parse(gh_slice body, gh_slice *code)
{
	gh_slice name, value, in = body;

	if (gh_slice_eq(gh_slice_trim(body), GH_LIT("406")))
		return GH_EDENIED;
	while (option_next(&in, &name, &value)) {
		if (!gh_slice_ieq(name, GH_LIT("RegistryCode")))
			continue;
		*code = value;
		return value.n ? GH_OK : GH_EDENIED;
	}
	return GH_EMALFORMED;
}
