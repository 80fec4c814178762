#include "app/api_client/client.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/api_client/packaged.h"
#include "app/message.h"
#include "app/secret.h"
#include "base/slice.h"

#define ANSWER_MAX ((size_t)256 << 20)

/* --- finding server and token --- */

static char *client_token_read(const char *data)
{
	char *path = g_build_filename(data, "admin.token", NULL), *text = NULL;
	GError *bad = NULL;

	if (g_file_get_contents(path, &text, NULL, &bad)) {
		g_strstrip(text);
	} else {
		message_print(
			"no token: %s\nRun this where the server was started, or give --data "
			"DIR or --token-file FILE.",
			bad->message);
		g_error_free(bad);
	}
	g_free(path);
	return text;
}

const char *client_setting(const struct client *c, enum setting id)
{
	char variable[SETTING_VARIABLE_SIZE];
	const char *given =
		c->setting[id] ? c->setting[id] : setting_from_environment(id, variable);
	const char *value = given && *given ? given : setting_row(id)->value;

	return *value ? value : NULL;
}

bool client_setting_given(const struct client *c, enum setting id)
{
	char variable[SETTING_VARIABLE_SIZE];

	return c->setting[id] || setting_from_environment(id, variable);
}

/* Nothing was given, there is no server's data where the command is run, and the machine has the service. */
static bool client_uses_packaged(const struct client *c)
{
	char *here;
	bool none;

	if (client_setting_given(c, SETTING_CLIENT_DATA) ||
	    client_setting_given(c, SETTING_CLIENT_TOKEN) ||
	    client_setting_given(c, SETTING_CLIENT_TOKEN_FILE))
		return false;
	here = g_build_filename(client_setting(c, SETTING_CLIENT_DATA), "admin.token", NULL);
	none = !g_file_test(here, G_FILE_TEST_EXISTS);
	g_free(here);
	return none && packaged_server_exists();
}

int client_open(struct client *c)
{
	bool packaged = client_uses_packaged(c);
	const char *given = client_setting(c, SETTING_CLIENT_TOKEN);
	const char *url = client_setting(c, SETTING_CLIENT_URL);
	const char *file = client_setting(c, SETTING_CLIENT_TOKEN_FILE);
	char *token = given	 ? g_strdup(given)
		      : file	 ? secret_file_read(file)
		      : packaged ? packaged_token_read()
				 : client_token_read(client_setting(c, SETTING_CLIENT_DATA));
	char *header;

	if (token == NULL)
		return CMD_DENIED;
	if (c->setting[SETTING_CLIENT_TOKEN])
		secret_flag_warn("token", "GATEHOUSE_TOKEN");
	char *found = packaged && !client_setting_given(c, SETTING_CLIENT_URL) ? packaged_url()
									       : NULL;

	if (found)
		url = found;
	c->base = strstr(url, "://") ? g_strdup(url) : g_strconcat("http://", url, NULL);
	while (*c->base && c->base[strlen(c->base) - 1] == '/')
		c->base[strlen(c->base) - 1] = 0;
	g_free(found);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	c->curl = curl_easy_init();
	header = g_strconcat("Authorization: Bearer ", token, NULL);
	c->headers = curl_slist_append(NULL, header);
	memset(token, 0, strlen(token));
	g_free(token);
	g_free(header);
	if (c->curl == NULL || c->headers == NULL) {
		message_print("out of memory");
		return CMD_FAILED;
	}
	return CMD_OK;
}

void client_close(struct client *c)
{
	curl_slist_free_all(c->headers);
	if (c->curl)
		curl_easy_cleanup(c->curl);
	g_free(c->base);
	*c = (struct client){ 0 };
}

char *client_path(struct client *c, const char *path, const char *arg)
{
	char *safe = curl_easy_escape(c->curl, arg, 0);
	const char *hole = strstr(path, "%s");
	char *whole = hole ? g_strdup_printf("%.*s%s%s", (int)(hole - path), path,
					     safe ? safe : "", hole + 2)
			   : g_strdup(path);

	curl_free(safe);
	return whole;
}

/* --- calling --- */

/* What to do about a refusal, by its code. */
static const struct {
	const char *code, *hint;
} hints[] = {
	{ "device_unknown", "'gatehouse device list' shows the devices there are." },
	{ "command_unknown", "'gatehouse command list' shows the commands there are." },
	{ "token_unknown", "'gatehouse token list' shows the tokens there are." },
	{ "token_refused", "Is this the data directory of the server at that address? Give "
			   "--data DIR or --token-file FILE." },
	{ "scope_too_small", "Use the administrator's token, or make one with 'gatehouse token "
			     "create NAME --scopes LIST'." },
	{ "comm_key_wrong", "Give it with --comm-key-file FILE or in GATEHOUSE_COMM_KEY." },
	{ "busy", NULL },
};

/* The further faults besides the one in the sentence. */
static void details_print(json_t *details)
{
	json_t *one;
	size_t i;

	json_array_foreach(details, i, one)
	{
		if (i > 0)
			fprintf(stderr, "Field \"%s\" %s.\n",
				json_string_value(json_object_get(one, "field")),
				json_string_value(json_object_get(one, "message")));
	}
}

static int client_refused(struct client *c, long status, json_t *reply)
{
	const char *text = json_string_value(json_object_get(reply, "error"));
	const char *code = json_string_value(json_object_get(reply, "code"));

	if (text == NULL)
		message_print(
			"%s answers with status %ld and no reason; is it Gatehouse's admin "
			"address?",
			c->base, status);
	else
		message_print("%s%s%s", c->subject ? c->subject : "", c->subject ? ": " : "",
			      text);
	details_print(json_object_get(reply, "details"));
	for (size_t i = 0; code && i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].hint && !strcmp(code, hints[i].code))
			fprintf(stderr, "%s\n", hints[i].hint);
	return status == 401 || status == 403 ? CMD_DENIED : CMD_FAILED;
}

static int client_unreachable(struct client *c, CURLcode err)
{
	if (err == CURLE_ABORTED_BY_CALLBACK)
		return CMD_INTERRUPTED;
	if (err == CURLE_COULDNT_CONNECT || err == CURLE_COULDNT_RESOLVE_HOST) {
		message_print(
			"no server answers at %s\nStart it with 'gatehouse serve', or give "
			"its address with --url URL.",
			c->base);
		return CMD_UNREACHABLE;
	}
	message_print("%s: %s", c->base, *c->error ? c->error : curl_easy_strerror(err));
	return err == CURLE_PARTIAL_FILE || err == CURLE_WRITE_ERROR ? CMD_FAILED
								     : CMD_UNREACHABLE;
}

static void client_prepare(struct client *c, const char *url)
{
	curl_easy_reset(c->curl);
	*c->error = 0;
	curl_easy_setopt(c->curl, CURLOPT_URL, url);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT, 10L);
	curl_easy_setopt(c->curl, CURLOPT_USERAGENT, "gatehouse/" GATEHOUSE_VERSION);
	if (client_setting(c, SETTING_CLIENT_CA))
		curl_easy_setopt(c->curl, CURLOPT_CAINFO, client_setting(c, SETTING_CLIENT_CA));
}

static size_t client_gather(char *p, size_t one, size_t n, void *ctx)
{
	GString *s = ctx;

	(void)one;
	if (s->len + n > ANSWER_MAX)
		return 0;
	g_string_append_len(s, p, (gssize)n);
	return n;
}

/* As it came, or of one of several with what it is about. */
static void answer_print(struct client *c, const char *text, json_t *parsed)
{
	json_t *named;

	if (c->subject == NULL || !json_is_object(parsed)) {
		printf("%s\n", text);
		return;
	}
	named = json_pack("{s:s}", "sn", c->subject);
	json_object_update(named, parsed);
	json_dumpf(named, stdout, JSON_COMPACT);
	printf("\n");
	json_decref(named);
}

/* type NULL: without a body. text not NULL: what is answered is no JSON. */
static int client_exchange(struct client *c, const char *method, const char *path,
			   const char *type, gh_slice body, bool raw, json_t **reply,
			   char **text)
{
	char *url = g_strconcat(c->base, path, NULL);
	GString *answer = g_string_new(NULL);
	char *header = type ? g_strconcat("Content-Type: ", type, NULL) : NULL;
	struct curl_slist typed = { header, c->headers };
	json_t *parsed = NULL;
	long status = 0;
	int end = CMD_OK;

	client_prepare(c, url);
	curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, type ? &typed : c->headers);
	curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, text ? 3600L : 120L);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, client_gather);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, answer);
	if (type) {
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, (const char *)body.p);
	}
	CURLcode err = curl_easy_perform(c->curl);
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	if (err) {
		end = client_unreachable(c, err);
	} else {
		/* Answers of devices may have a NUL; text that is printed ends there. */
		parsed = json_loadb(answer->str, answer->len, JSON_ALLOW_NUL, NULL);
		if (raw)
			answer_print(c, answer->str, parsed);
		if (status < 200 || status > 299)
			end = client_refused(c, status, parsed);
		else if (parsed == NULL && text == NULL)
			end = client_refused(c, status, NULL);
	}
	if (end == CMD_OK && reply)
		*reply = parsed;
	else
		json_decref(parsed);
	if (end == CMD_OK && text)
		*text = g_strdup(answer->str);
	g_string_free(answer, TRUE);
	g_free(header);
	g_free(url);
	return end;
}

int client_call(struct client *c, const char *method, const char *path, json_t *body, bool raw,
		json_t **reply)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	int end = client_exchange(c, method, path, text ? "application/json" : NULL,
				  gh_slice_of(text ? text : ""), raw, reply, NULL);

	free(text);
	return end;
}

int client_upload(struct client *c, const char *method, const char *path, const void *bytes,
		  size_t n, bool raw, json_t **reply)
{
	return client_exchange(c, method, path, "application/octet-stream",
			       (gh_slice){ bytes, n }, raw, reply, NULL);
}

int client_upload_text(struct client *c, const char *method, const char *path,
		       const void *bytes, size_t n, char **text)
{
	return client_exchange(c, method, path, "application/octet-stream",
			       (gh_slice){ bytes, n }, false, NULL, text);
}

/* --- streams --- */

struct stream {
	CURL *curl;
	GString *refusal; /* the answer, when it is a refusal */
	bool (*piece)(void *ctx, const char *p, size_t n);
	void *ctx;
};

static size_t client_body_pass(char *p, size_t one, size_t n, void *ctx)
{
	struct stream *s = ctx;
	long status = 0;

	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		return s->piece(s->ctx, p, n) ? n : 0;
	return client_gather(p, one, n, s->refusal);
}

static int client_goes_on(void *ctx, curl_off_t in_all, curl_off_t in, curl_off_t out_all,
			  curl_off_t out)
{
	const struct client *c = ctx;

	(void)in_all, (void)in, (void)out_all, (void)out;
	return c->stopped && c->stopped(c->stopped_ctx);
}

int client_stream(struct client *c, const char *path, const char *last_id, long patience,
		  bool (*piece)(void *ctx, const char *p, size_t n), void *ctx)
{
	char *url = g_strconcat(c->base, path, NULL);
	char *id = last_id ? g_strconcat("Last-Event-ID: ", last_id, NULL) : NULL;
	struct curl_slist extra = { id, c->headers };
	struct stream s = { c->curl, g_string_new(NULL), piece, ctx };
	long status = 0;
	int end = CMD_OK;

	client_prepare(c, url);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, id ? &extra : c->headers);
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, patience);
	curl_easy_setopt(c->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c->curl, CURLOPT_XFERINFOFUNCTION, client_goes_on);
	curl_easy_setopt(c->curl, CURLOPT_XFERINFODATA, c);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, client_body_pass);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &s);
	CURLcode err = curl_easy_perform(c->curl);
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	if (err) {
		end = client_unreachable(c, err);
	} else if (status != 200) {
		json_t *parsed = json_loadb(s.refusal->str, s.refusal->len, 0, NULL);

		end = client_refused(c, status, parsed);
		json_decref(parsed);
	}
	c->conflict = err == CURLE_OK && status == 409;
	g_string_free(s.refusal, TRUE);
	g_free(id);
	g_free(url);
	return end;
}
