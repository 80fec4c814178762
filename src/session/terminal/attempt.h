/* A thread that calls an address for a request of the API, and the handles it uses. Embedded as
 * the first member of the struct of that request. */
#ifndef GH_SESSION_TERMINAL_ATTEMPT_H
#define GH_SESSION_TERMINAL_ATTEMPT_H

#include "session/terminal/worker.h"

struct terminal_attempt {
	struct terminal_manager *manager;
	pthread_t thread;
	struct arena arena; /* of the request */
	void *(*run)(void *attempt);
	size_t handles;

	/* Under the manager's lock. */
	struct terminal_attempt *next;
	struct gh_terminal **handle; /* in use; NULL: none */
};

/* Start its thread, which calls terminal_attempt_end() last. GH_EBUSY, GH_ECLOSED, GH_ENOMEM:
 * `a` still belongs to the caller. */
GH_MUST_CHECK enum gh_err terminal_attempt_start(struct terminal_manager *m,
						 struct terminal_attempt *a);
void terminal_attempt_end(struct terminal_attempt *a);
/* Join the threads that have ended. The caller must not hold the lock. */
void terminal_attempts_reap(struct terminal_manager *m);
void terminal_attempt_free(struct terminal_attempt *a);
/* Publish or withdraw (NULL) handle i, so that its calls can be cancelled at the end of the
 * server. False: the server is ending. */
bool terminal_attempt_use(struct terminal_attempt *a, size_t i, struct gh_terminal *t);

/* struct terminals_ops. */
enum gh_err terminal_manager_add(void *manager, const struct terminal_request *request,
				 terminal_added_fn *done, void *ctx);
enum gh_err terminal_manager_discover(void *manager, gh_slice cidr, terminal_found_fn *done,
				      void *ctx);

/* The comm key as a number. False: it is not a number of 32 bits. */
bool terminal_comm_key(gh_slice text, uint32_t *key);

#endif
