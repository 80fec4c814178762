/* A client of the API of a running server. */
#ifndef GH_APP_API_CLIENT_CLIENT_H
#define GH_APP_API_CLIENT_CLIENT_H

#include <curl/curl.h>
#include <jansson.h>
#include <stdbool.h>

#include "app/settings/setting.h"

struct client {
	const char *setting[SETTING_COUNT]; /* as given on the command line; NULL: not */
	CURL *curl;
	struct curl_slist *headers;
	char *base; /* URL without a slash at its end */
	char error[CURL_ERROR_SIZE];
	const char *
		subject; /* named before each refusal, and in what is printed raw; NULL: nothing */
	/* A stream is ended when this is true; called every second at least. NULL: never. */
	bool (*stopped)(void *ctx);
	void *stopped_ctx;
	bool conflict; /* the latest stream was refused as it will be again: 409 */
};

/* Find server and token. CMD_OK, or a message was printed. */
int client_open(struct client *c);
void client_close(struct client *c);

/* The value from the command line, the environment, or the default; NULL: none. */
const char *client_setting(const struct client *c, enum setting id);
/* The same, without the default. */
bool client_setting_given(const struct client *c, enum setting id);

/* One call. `body` may be NULL; it is not taken. On CMD_OK *reply is the answer, to be given
 * back by json_decref(); otherwise a message was printed. With `raw`, the answer's text is
 * printed to standard output as it came, whatever it is, and reply may be NULL. */
int client_call(struct client *c, const char *method, const char *path, json_t *body, bool raw,
		json_t **reply);

/* The same with bytes as the body, which the caller keeps. */
int client_upload(struct client *c, const char *method, const char *path, const void *bytes,
		  size_t n, bool raw, json_t **reply);

/* The same, of which the answer is text that is no JSON, and may be long in coming; *text is to be given back by
 * g_free(). */
int client_upload_text(struct client *c, const char *method, const char *path,
		       const void *bytes, size_t n, char **text);

/* A call whose answer is handed on as it comes. Returns when it ends. `last_id`, if not NULL,
 * is sent as Last-Event-ID. A server that sends nothing for `patience` seconds is left. */
int client_stream(struct client *c, const char *path, const char *last_id, long patience,
		  bool (*piece)(void *ctx, const char *p, size_t n), void *ctx);

/* The path with `arg` percent-encoded in place of "%s". g_free() it. */
char *client_path(struct client *c, const char *path, const char *arg);

#endif
