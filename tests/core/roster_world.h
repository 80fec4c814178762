/* A core with devices that upload people, and what the roster is then. */
#ifndef GH_TESTS_CORE_ROSTER_WORLD_H
#define GH_TESTS_CORE_ROSTER_WORLD_H

#include "tests.h"

#include <pthread.h>

#include "core/entity_change.h"
#include "server.h"

/* *state is a struct server_fixture. At the end the store is checked. */
int roster_world_setup(void **state);
int roster_world_teardown(void **state);

/* Something that is put to the store thread, and its end. */
struct upload {
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool done;
	enum gh_err err;
};

#define UPLOAD                                                                       \
	{                                                                            \
		.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER \
	}

void upload_done(void *ctx, enum gh_err err, const struct ingest_result *result);
void change_done(struct entity_change *c);
void upload_wait(struct upload *u);

/* Lines of OPERLOG. */
void lines_upload(struct server_fixture *f, struct device *d, const char *lines);
/* Until all that was sent before is taken: what is sent later is, which another device sends. */
void intake_wait(struct server_fixture *f, struct device *fence);

struct seen {
	char text[2048];
	size_t n;
};

/* The rows of a kind, a line each; without the people of fences. */
struct seen roster_see(struct server_fixture *f, enum model_entity_id kind);
/* Until a line of people has that text. */
void roster_until(struct server_fixture *f, const char *has);

#define ASSERT_ROSTER(f, kind, want)                        \
	do {                                                \
		struct seen seen_now = roster_see(f, kind); \
		assert_string_equal(seen_now.text, want);   \
	} while (0)

/* What area 1 does with what its devices send. */
void area_set(struct server_fixture *f, const char *may_change, bool enrols, bool deletes);
#define ALL "[\"name\",\"privilege\",\"password\",\"cards\",\"group\",\"validity\","

/* Approved; the caller unreferences it. */
struct device *clock_new(struct server_fixture *f, const char *sn);
/* Its own sync; empty: none. */
void sync_set(struct server_fixture *f, struct device *d, const char *policy);

#endif
