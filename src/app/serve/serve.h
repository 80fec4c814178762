/* What the files of the running server share. One thread opens, runs and closes it; the parts have
 * threads of their own. */
#ifndef GH_APP_SERVE_SERVE_H
#define GH_APP_SERVE_SERVE_H

#include <glib.h>
#include <signal.h>

#include "api/api.h"
#include "app/serve/data_dir.h"
#include "app/serve/heap.h"
#include "app/serve/watchdog.h"
#include "app/settings/settings.h"
#include "core/metrics.h"
#include "core/tokens.h"
#include "http/http.h"
#include "session/terminal/manager.h"
#include "session/wake.h"

#define ADMIN_CONNECTIONS 1024

/* Everything a running server owns. */
struct serve {
	struct settings *settings; /* the newest of `generations` */
	GPtrArray *generations;	   /* older ones may still be looked at by some thread */
	/* How the files of certificates were when they were read, and at the latest look. */
	uint64_t certificates_read, certificates_seen;
	struct log log;
	struct data_dir data;
	struct server server;
	struct metrics metrics;
	struct budget memory; /* of all requests */
	struct heap heap;
	struct watchdog watchdog;
	struct tokens *tokens;
	struct accounts *accounts;
	struct terminal_manager *terminals;
	struct wake *wake;
	struct punch_index *index;
	struct upgrade *upgrade; /* reads again what another version could not */
	struct api *api;
	struct http_listener *devices, *admin;
	sigset_t signals;
	char why[512]; /* of a failed start, a sentence */
};

/* Set s->why to "what: error"; returns false. */
bool serve_failed(struct serve *s, const char *what, enum gh_err err);

/* Until a signal ends the server. */
void serve_run(struct serve *s);

/* Start the API and the listeners. false: s->why has the reason. */
bool serve_listeners_open(struct serve *s);
/* About once a second: what takes too long is cut off. */
void serve_listeners_tick(struct serve *s);
/* From now on devices, and people, get so many connections at the most. */
void serve_connections_limit(struct serve *s, size_t devices, size_t people);
/* Whether the certificates can be shown; false: s->why has the reason. */
bool serve_certificates_check(struct serve *s);
/* Read the certificates again. */
void serve_certificates_renew(struct serve *s);
/* The same where their files have changed, and stayed so until the second look. */
void serve_certificates_watch(struct serve *s);
/* The matcher of templates (session/matcher.h). false: s->why has the reason. */
bool serve_matcher_open(struct serve *s);
/* Read its token again. */
void serve_matcher_reload(struct serve *s);
/* Close the listeners; waits for every pending reply. */
void serve_listeners_close(struct serve *s);

#endif
