/* The matcher: a program of others that compares templates, and is called by HTTP where a device lets the server
 * verify a person (setting verify-url). It gets
 *
 *	POST {"device":"SN","pin":"7","type":"fingerprint","template":"base64"}
 *
 * with pin null where the device gave none, and answers 200 {"pin":"7"} or {"pin":null} within two and a half
 * seconds. Anything else is no answer. It is called itself: no proxy of the environment, and no redirection.
 *
 * Threads: matcher_put() from any. One thread of its own does the transfers, many at a time; questions beyond a
 * bounded number are refused. The lock is held for a few instructions. */
#ifndef GH_SESSION_MATCHER_H
#define GH_SESSION_MATCHER_H

#include "core/server.h"

#define MATCHER_PIN 32 /* bytes of a PIN, with its NUL */
#define MATCHER_WHY 200

struct matcher;

enum matcher_result {
	MATCHER_FOUND,
	MATCHER_NO_PERSON,
	MATCHER_FAILED, /* it gave no answer that can be used: `why` */
};

struct matcher_transfer;

/* Belongs to its owner until done() returns. */
struct matcher_question {
	gh_slice device, pin, type, template; /* pin empty: none was given */
	/* On the matcher's thread; the last use of the question. */
	void (*done)(struct matcher_question *q);
	void *ctx; /* the owner's */
	enum matcher_result result;
	char found[MATCHER_PIN]; /* with MATCHER_FOUND */
	char why[MATCHER_WHY];
	const char *url; /* for matcher.c, as all that follows */
	int64_t deadline_ms;
	struct matcher_transfer *transfer;
	struct matcher_question *next;
};

/* `token`: sent as bearer token; NULL: none is. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err matcher_open(struct server *server, const char *token,
				       struct matcher **out);
/* Another token from now on. */
void matcher_token_set(struct matcher *m, const char *token);
/* What is under way fails, and later questions are refused. Before the listeners close. NULL is fine. */
void matcher_stop(struct matcher *m);
/* NULL is fine. */
void matcher_close(struct matcher *m);

/* `url` lives as long as the server. GH_EBUSY: too many are under way. GH_ECLOSED: it ends; in both cases done() is
 * not called. */
GH_MUST_CHECK enum gh_err matcher_put(struct matcher *m, const char *url,
				      struct matcher_question *q);

#endif
