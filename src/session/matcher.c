#include "session/matcher.h"

#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "core/problems.h"
#include "core/server_clock.h"

#define ANSWER_MS 2500 /* of the three seconds that a device waits */
/* Under way, each with a connection of its own: none waits for another, whose time would be its own. */
#define QUESTIONS_MOST 32
#define REPLY_BYTES 4096

struct matcher {
	struct server *server;
	CURLM *multi;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	struct matcher_question *fresh;
	size_t under_way;
	bool stopping;
	char *token; /* NULL: none */
};

/* A question on its way. */
struct matcher_transfer {
	struct matcher_question *question;
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	char error[CURL_ERROR_SIZE];
	char reply[REPLY_BYTES];
	size_t reply_n;
	bool too_long;
};

/* --- what is sent --- */

static char *question_body(const struct matcher_question *q)
{
	json_t *pin = q->pin.n ? json_stringn((const char *)q->pin.p, q->pin.n) : json_null();
	json_t *root =
		json_pack("{s:s%,s:o,s:s%,s:s%}", "device", (const char *)q->device.p,
			  q->device.n, "pin", pin, "type", (const char *)q->type.p, q->type.n,
			  "template", (const char *)q->template.p, q->template.n);
	char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;

	json_decref(root);
	return text;
}

static size_t reply_take(char *bytes, size_t size, size_t n, void *ctx)
{
	struct matcher_transfer *t = ctx;

	n *= size;
	if (n > sizeof(t->reply) - t->reply_n) {
		t->too_long = true;
		return 0;
	}
	memcpy(t->reply + t->reply_n, bytes, n);
	t->reply_n += n;
	return n;
}

static bool headers_make(struct matcher *m, struct matcher_transfer *t)
{
	struct curl_slist *more = curl_slist_append(NULL, "Content-Type: application/json");
	char *line = NULL;
	bool ok = more != NULL;

	t->headers = more;
	pthread_mutex_lock(&m->lock);
	if (m->token && asprintf(&line, "Authorization: Bearer %s", m->token) < 0)
		ok = false;
	pthread_mutex_unlock(&m->lock);
	if (ok && line) {
		more = curl_slist_append(t->headers, line);
		ok = more != NULL;
	}
	free(line);
	return ok;
}

static void transfer_free(struct matcher_transfer *t)
{
	if (t == NULL)
		return;
	if (t->easy)
		curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	free(t->body);
	free(t);
}

static bool transfer_set(struct matcher_transfer *t, const char *url, int64_t ms)
{
	CURL *c = t->easy;

	return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOPROXY, "*") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ms) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->body) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, reply_take) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PRIVATE, t) == CURLE_OK;
}

/* --- what comes back --- */

static void question_fail(struct matcher_question *q, const char *why)
{
	q->result = MATCHER_FAILED;
	snprintf(q->why, sizeof(q->why), "%s", why);
}

static void answer_read(struct matcher_question *q, const char *text, size_t n)
{
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	json_t *pin = json_object_get(root, "pin");
	size_t length = json_string_length(pin);

	if (json_is_null(pin)) {
		q->result = MATCHER_NO_PERSON;
	} else if (json_is_string(pin) && length > 0 && length < sizeof(q->found) &&
		   strlen(json_string_value(pin)) == length) {
		q->result = MATCHER_FOUND;
		memcpy(q->found, json_string_value(pin), length + 1);
	} else {
		question_fail(q,
			      "the matcher's answer is not {\"pin\":\"…\"} or {\"pin\":null}");
	}
	json_decref(root);
}

static void transfer_judge(struct matcher_transfer *t, CURLcode code)
{
	struct matcher_question *q = t->question;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (t->too_long)
		question_fail(q, "the matcher's answer is too long");
	else if (code == CURLE_OPERATION_TIMEDOUT)
		question_fail(q, "the matcher did not answer within 2.5 s");
	else if (code)
		snprintf(q->why, sizeof(q->why), "the matcher gives no answer: %.150s",
			 t->error[0] ? t->error : curl_easy_strerror(code));
	else if (status != 200)
		snprintf(q->why, sizeof(q->why), "the matcher answers HTTP %ld", status);
	else
		answer_read(q, t->reply, t->reply_n);
}

/* The last use of the question. */
static void question_end(struct matcher *m, struct matcher_question *q)
{
	if (q->result == MATCHER_FAILED)
		problem_raise(m->server, PROBLEM_MATCHER_FAILED, PROBLEM_OF_SERVER, "%s",
			      q->why);
	else
		problem_clear(m->server, PROBLEM_MATCHER_FAILED, PROBLEM_OF_SERVER);
	transfer_free(q->transfer);
	pthread_mutex_lock(&m->lock);
	m->under_way--;
	pthread_mutex_unlock(&m->lock);
	q->done(q);
}

/* --- the thread --- */

static bool question_start(struct matcher *m, struct matcher_question *q)
{
	int64_t left_ms = q->deadline_ms - server_monotonic_ms(m->server);
	struct matcher_transfer *t = q->transfer;

	if (t == NULL || left_ms <= 0)
		return false;
	t->easy = curl_easy_init();
	t->body = question_body(q);
	return t->easy && t->body && headers_make(m, t) && transfer_set(t, q->url, left_ms) &&
	       curl_multi_add_handle(m->multi, t->easy) == CURLM_OK;
}

static void questions_start(struct matcher *m)
{
	struct matcher_question *fresh, *q, *next;

	pthread_mutex_lock(&m->lock);
	fresh = m->fresh;
	m->fresh = NULL;
	pthread_mutex_unlock(&m->lock);
	LL_FOREACH_SAFE(fresh, q, next)
	{
		q->result = MATCHER_FAILED;
		if (question_start(m, q))
			continue;
		question_fail(q, "the matcher could not be called: no memory, or no time left");
		question_end(m, q);
	}
}

static void transfers_end(struct matcher *m)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(m->multi, &left))) {
		struct matcher_transfer *t = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		curl_multi_remove_handle(m->multi, t->easy);
		transfer_judge(t, code);
		question_end(m, t->question);
	}
}

static bool matcher_goes_on(struct matcher *m)
{
	pthread_mutex_lock(&m->lock);
	bool on = !m->stopping || m->under_way;

	pthread_mutex_unlock(&m->lock);
	return on;
}

/* What is under way when it stops ends by its own time. */
static void *matcher_run(void *ctx)
{
	struct matcher *m = ctx;
	int running;

	while (matcher_goes_on(m)) {
		questions_start(m);
		/* What it does not get on with ends by its own time. */
		(void)curl_multi_perform(m->multi, &running);
		transfers_end(m);
		if (matcher_goes_on(m))
			curl_multi_poll(m->multi, NULL, 0, 1000, NULL);
	}
	return NULL;
}

/* --- its life --- */

enum gh_err matcher_put(struct matcher *m, const char *url, struct matcher_question *q)
{
	enum gh_err err = GH_OK;

	q->url = url;
	q->deadline_ms = server_monotonic_ms(m->server) + ANSWER_MS;
	q->transfer = calloc(1, sizeof(*q->transfer));
	if (q->transfer == NULL)
		return GH_ENOMEM;
	q->transfer->question = q;
	pthread_mutex_lock(&m->lock);
	if (m->stopping)
		err = GH_ECLOSED;
	else if (m->under_way == QUESTIONS_MOST)
		err = GH_EBUSY;
	else {
		m->under_way++;
		LL_APPEND(m->fresh, q);
	}
	pthread_mutex_unlock(&m->lock);
	if (err)
		transfer_free(q->transfer);
	else
		curl_multi_wakeup(m->multi);
	return err;
}

void matcher_token_set(struct matcher *m, const char *token)
{
	char *copy = token ? strdup(token) : NULL, *old;

	pthread_mutex_lock(&m->lock);
	old = m->token;
	m->token = copy;
	pthread_mutex_unlock(&m->lock);
	free(old);
}

enum gh_err matcher_open(struct server *server, const char *token, struct matcher **out)
{
	struct matcher *m = calloc(1, sizeof(*m));

	if (m == NULL || curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(m);
		return GH_ENOMEM;
	}
	*m = (struct matcher){ .server = server, .multi = curl_multi_init() };
	pthread_mutex_init(&m->lock, NULL);
	matcher_token_set(m, token);
	if (m->multi)
		curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, (long)QUESTIONS_MOST);
	if (m->multi == NULL || pthread_create(&m->thread, NULL, matcher_run, m)) {
		m->stopping = true;
		matcher_close(m);
		return GH_ENOMEM;
	}
	*out = m;
	return GH_OK;
}

void matcher_stop(struct matcher *m)
{
	if (m == NULL)
		return;
	pthread_mutex_lock(&m->lock);
	bool stopped = m->stopping;

	m->stopping = true;
	pthread_mutex_unlock(&m->lock);
	if (stopped)
		return;
	curl_multi_wakeup(m->multi);
	pthread_join(m->thread, NULL);
}

void matcher_close(struct matcher *m)
{
	if (m == NULL)
		return;
	matcher_stop(m);
	curl_multi_cleanup(m->multi);
	pthread_mutex_destroy(&m->lock);
	free(m->token);
	free(m);
	curl_global_cleanup();
}
