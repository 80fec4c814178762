#include "app/serve/first_token.h"

#include <glib.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "app/serve/offline_store.h"
#include "app/settings/credential.h"
#include "app/subcommands.h"

#define TOKEN_LEAST 24 /* bytes of a token that was not made here */

/* Waiting for what the store thread does. */
struct wait {
	pthread_mutex_t lock;
	pthread_cond_t made;
	bool done;
	enum gh_err err;
	int64_t id;
};

static void token_stored(void *ctx, enum gh_err err, int64_t id, const char *text)
{
	struct wait *w = ctx;

	(void)text;
	pthread_mutex_lock(&w->lock);
	w->err = err;
	w->id = id;
	w->done = true;
	pthread_cond_signal(&w->made);
	pthread_mutex_unlock(&w->lock);
}

static enum gh_err token_store(struct server *server, struct tokens *tokens, const char *name,
			       uint32_t scopes, const char *text, int64_t *id)
{
	struct wait w = { .lock = PTHREAD_MUTEX_INITIALIZER, .made = PTHREAD_COND_INITIALIZER };
	struct audit_row audit = { .at_ms = server->now_ms(),
				   .actor = AUDIT_CLI,
				   .action = GH_LIT("create_token"),
				   .outcome = AUDIT_DONE };
	enum gh_err err = token_make(server, tokens, gh_slice_of(name), scopes, (gh_slice){ 0 },
				     0, text, &audit, token_stored, &w);

	if (err)
		return err;
	pthread_mutex_lock(&w.lock);
	while (!w.done)
		pthread_cond_wait(&w.made, &w.lock);
	pthread_mutex_unlock(&w.lock);
	*id = w.id;
	return w.err;
}

/* Letters that a header and a line of a file carry unchanged, and as many as no one guesses. */
static bool token_text_valid(const char *text)
{
	size_t n = strlen(text);

	return n >= TOKEN_LEAST && n < TOKEN_TEXT &&
	       strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.~+/=") == n;
}

/* That of the credential gatehouse.admin-token, or a new one. */
static bool first_token_text(char text[TOKEN_TEXT], char *why, size_t why_size)
{
	char *given;
	bool ok = credential_read("admin-token", &given);

	if (!ok) {
		snprintf(why, why_size, "cannot make the first token");
	} else if (given == NULL) {
		ok = token_text_make(text);
		if (!ok)
			snprintf(why, why_size,
				 "cannot make the first token: no random numbers");
	} else {
		ok = token_text_valid(given);
		if (ok)
			memcpy(text, given, strlen(given) + 1);
		else
			snprintf(why, why_size,
				 "credential gatehouse.admin-token: expected %d to %d letters, "
				 "digits or of -_.~+/=",
				 TOKEN_LEAST, TOKEN_TEXT - 1);
		explicit_bzero(given, strlen(given));
		g_free(given);
	}
	return ok;
}

bool first_token_make(struct server *server, struct tokens *tokens, const struct data_dir *data,
		      char *why, size_t why_size)
{
	char text[TOKEN_TEXT];
	enum gh_err err;
	int64_t id;
	bool ok;

	if (!first_token_text(text, why, why_size))
		return false;
	ok = data_dir_write_secret(data, "admin.token", text, why, why_size);
	if (ok) {
		err = token_store(server, tokens, "admin", TOKEN_SCOPE_BIT(TOKEN_ADMIN), text,
				  &id);
		ok = err == GH_OK;
		if (!ok)
			snprintf(why, why_size, "cannot store the first token: %s",
				 gh_strerror(err));
	}
	explicit_bzero(text, sizeof(text));
	return ok;
}

/* --- gatehouse token create, where no server runs --- */

/* 0: one of the words is no scope. */
static uint32_t scopes_of(const char *list)
{
	gh_slice rest = gh_slice_of(list), word;
	uint32_t scopes = 0;

	while (rest.n) {
		gh_slice_cut(rest, ',', &word, &rest);
		word = gh_slice_trim(word);
		enum token_scope scope = token_scope_of(word);

		if (scope == TOKEN_SCOPES) {
			fprintf(stderr, "gatehouse: --scopes: there is no scope \"%.*s\"\n",
				GH_FMT(word));
			return 0;
		}
		scopes |= TOKEN_SCOPE_BIT(scope);
	}
	return scopes;
}

static int offline_create(struct offline *o, const char *name, uint32_t scopes)
{
	char text[TOKEN_TEXT] = "";
	enum gh_err err = GH_EIO;
	int64_t id = 0;

	if (!offline_open(o)) {
		fprintf(stderr, "gatehouse: %s\n", o->why);
		return 1;
	}
	if (token_text_make(text))
		err = token_store(&o->server, o->tokens, name, scopes, text, &id);
	if (err)
		fprintf(stderr, "gatehouse: cannot store the token: %s\n", gh_strerror(err));
	else
		printf("%s\n", text);
	if (err == GH_OK)
		fprintf(stderr,
			"Token %lld, made in %s while no server runs; it is shown only now.\n",
			(long long)id, o->data.path);
	explicit_bzero(text, sizeof(text));
	return err ? 1 : 0;
}

bool token_create_offline(const char *data, const char *name, const char *scopes, int *end)
{
	struct offline o;
	uint32_t bits = scopes_of(scopes);

	if (!offline_begin(&o, data))
		return false;
	*end = bits == 0 ? 2 : offline_settings(&o);
	if (*end == 0)
		*end = offline_create(&o, name, bits);
	offline_close(&o);
	return true;
}
