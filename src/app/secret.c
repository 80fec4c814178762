#include "app/secret.h"

#include <glib.h>

#include "app/message.h"

#define SECRET_BYTES 4096

char *secret_file_read(const char *path)
{
	GError *bad = NULL;
	char *text = NULL;
	gsize n = 0;

	if (!g_file_get_contents(path, &text, &n, &bad)) {
		message_print("%s", bad->message);
		g_error_free(bad);
		return NULL;
	}
	if (n > SECRET_BYTES || *g_strstrip(text) == 0) {
		message_print("%s: must hold a secret of at most %d bytes", path, SECRET_BYTES);
		g_free(text);
		return NULL;
	}
	return text;
}

void secret_flag_warn(const char *flag, const char *variable)
{
	message_print(
		"warning: other users of this machine can see what --%s is; use --%s-file or "
		"the variable %s",
		flag, flag, variable);
}

char *secret_url_hide(const char *url)
{
	const char *host = strstr(url, "://"), *at = host ? strchr(host, '@') : NULL;
	const char *colon = host ? strchr(host + 3, ':') : NULL;
	GString *s = g_string_new(url);
	char *word;

	if (at && colon && colon < at)
		g_string_erase(s, colon - url, at - colon);
	for (size_t from = 0; (word = strstr(s->str + from, "password=")); from++) {
		from = (size_t)(word - s->str);
		if (from && (word[-1] == '?' || word[-1] == '&'))
			g_string_erase(s, (gssize)(from + strlen("password=")),
				       (gssize)strcspn(word + strlen("password="), "&"));
	}
	return g_string_free(s, FALSE);
}
