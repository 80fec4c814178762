#include "sim/prng.h"
#include "sim/terminal/device.h"

enum { OPTION_NAME_MAX = 64, OPTION_VALUE_MAX = 256 };

static const struct {
	const char *name, *text;
} options[] = {
#define TERM_OPTION(name, text) { name, text },
#include "sim/terminal/option.def"
#undef TERM_OPTION
};

/* %word, as in option.def. */
static char *option_fill(const struct term_device *d, const char *word)
{
	const struct term_persona *p = d->plan->persona;
	bool face = !(p->quirks & TERM_NO_FACE), letters = p->quirks & TERM_TEXT_PIN;
	uint64_t h = sim_hash(d->plan->seed, d->number, 'M');
	const struct {
		const char *word, *text;
	} texts[] = {
		{ "sn", d->sn },
		{ "model", p->model },
		{ "platform", p->platform },
		{ "firmware", p->firmware },
		{ "face", face ? "7" : "0" },
		{ "hasface", face ? "1" : "0" },
		{ "ext", d->plan->user_size == 72 ? "1" : "0" },
		{ "width", d->plan->user_size == 72 ? "9" : "5" },
		{ "letters", letters ? "1" : "0" },
		{ "old", d->plan->user_size == 72 ? "0" : "1" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(word, texts[i].word))
			return g_strdup(texts[i].text);
	return g_strdup_printf("00:17:61:%02x:%02x:%02x", (unsigned)(h & 255),
			       (unsigned)(h >> 8 & 255), (unsigned)(h >> 16 & 255));
}

char *term_option_get(const struct term_device *d, gh_slice name)
{
	if (gh_slice_eq(name, GH_LIT("~SerialNumber")) &&
	    term_device_fault(d, TERM_FAULT_SERIAL, 0))
		return NULL;

	char *key = g_strndup((const char *)name.p, name.n);
	char *written = g_strdup(g_hash_table_lookup(d->options, key));

	g_free(key);
	for (size_t i = 0; written == NULL && i < sizeof(options) / sizeof(options[0]); i++)
		if (gh_slice_eq(name, gh_slice_of(options[i].name)))
			return options[i].text[0] == '%' ? option_fill(d, options[i].text + 1)
							 : g_strdup(options[i].text);
	return written;
}

enum gh_err term_option_set(struct term_device *d, gh_slice name, gh_slice value)
{
	char *key;

	if (name.n == 0 || name.n > OPTION_NAME_MAX || value.n > OPTION_VALUE_MAX)
		return GH_EINVALID;
	key = g_strndup((const char *)name.p, name.n);
	if (g_hash_table_size(d->options) >= TERM_OPTIONS_MAX &&
	    !g_hash_table_contains(d->options, key)) {
		g_free(key);
		return GH_EFULL;
	}
	g_hash_table_insert(d->options, key, g_strndup((const char *)value.p, value.n));
	return GH_OK;
}
