#include "base/text_fold.h"

#include <glib.h>

/* From this combining class on, marks stand above, below or through a letter (UAX 44, table 15). */
#define CLASS_ACCENTS 200

static bool is_accent(gunichar c)
{
	return g_unichar_combining_class(c) >= CLASS_ACCENTS;
}

char *text_fold(gh_slice text)
{
	char *form = g_utf8_validate((const char *)text.p, (gssize)text.n, NULL)
			     ? g_utf8_normalize((const char *)text.p, (gssize)text.n,
						G_NORMALIZE_ALL)
			     : NULL;

	if (form == NULL)
		return g_ascii_strdown((const char *)text.p, (gssize)text.n);
	GString *letters = g_string_sized_new(text.n);

	for (const char *p = form; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (!is_accent(c))
			g_string_append_unichar(letters, c);
	}
	char *folded = g_utf8_casefold(letters->str, (gssize)letters->len);

	g_string_free(letters, TRUE);
	g_free(form);
	return folded;
}
