/* The matcher of templates that the settings name: its thread, and its token. */
#include "app/secret.h"
#include "app/serve/serve.h"
#include "core/problems.h"
#include "session/matcher.h"

/* What stands in its file; *out NULL: no token is set. false: it cannot be read, or is none. g_free() it. */
static bool matcher_token_read(const struct serve *s, char **out)
{
	const char *path = setting_text(s->settings, SETTING_VERIFY_TOKEN_FILE);

	*out = NULL;
	if (*path == '\0')
		return true;
	*out = secret_file_read(path);
	for (const char *c = *out ? *out : ""; *c; c++)
		if (*c <= ' ' || *c >= 0x7F) {
			g_free(*out);
			*out = NULL;
			break;
		}
	return *out != NULL;
}

bool serve_matcher_open(struct serve *s)
{
	char *token;
	enum gh_err err;

	if (!matcher_token_read(s, &token)) {
		snprintf(s->why, sizeof(s->why),
			 "%s: must hold a token of printable characters without blanks",
			 setting_text(s->settings, SETTING_VERIFY_TOKEN_FILE));
		return false;
	}
	err = matcher_open(&s->server, token, &s->server.matcher);
	g_free(token);
	return err ? serve_failed(s, "cannot start the thread of the matcher", err) : true;
}

void serve_matcher_reload(struct serve *s)
{
	char *token;

	if (matcher_token_read(s, &token))
		matcher_token_set(s->server.matcher, token);
	else
		problem_raise(
			&s->server, PROBLEM_CONFIGURATION_REFUSED, PROBLEM_OF_SERVER,
			"the file of verify-token-file holds no token; the old one is sent");
	g_free(token);
}
