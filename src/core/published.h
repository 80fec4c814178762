/* Files that are published for devices: firmware, photos, whatever a device fetches by a command. Each is in
 * the store, where a backup has it, and in memory, where devices are served from; there are few of them, and
 * not large ones. An address has 128 random bits in it, and is another one whenever the file is replaced: a
 * device that fetches the old one gets no part of the new.
 *
 * Threads: any. */
#ifndef GH_CORE_PUBLISHED_H
#define GH_CORE_PUBLISHED_H

#include "base/arena.h"
#include "core/server.h"

enum {
	PUBLISHED_FILES = 64,		 /* at most */
	PUBLISHED_BYTES = 64 << 20,	 /* of all of them */
	PUBLISHED_FILE_BYTES = 16 << 20, /* of one */
	PUBLISHED_NAME = 100,
	PUBLISHED_TOKEN = 32, /* hexadecimal digits */
};

struct published_files;

/* A file as it was when it was found. */
struct published {
	char name[PUBLISHED_NAME + 1], model[PUBLISHED_NAME + 1];
	char token[PUBLISHED_TOKEN + 1], md5[33], sha256[65];
	int64_t id, created_ms;
	size_t size;
	const uint8_t *bytes;
};

/* NULL: no memory. Its contents are read by the first job of the store. */
struct published_files *published_new(struct server *server);
/* Waits for that; before anything is served. */
GH_MUST_CHECK enum gh_err published_load(struct published_files *p);
void published_free(
	struct published_files *p); /* after the store's queue was closed; NULL is fine */

/* Letters, digits, '.', '-', '_', not beginning with '.'. */
bool published_name_valid(gh_slice name);

/* A reference, or NULL. */
const struct published *published_find(struct published_files *p, gh_slice name);
const struct published *published_by_token(struct published_files *p, gh_slice token);
void published_unref(const struct published *f);

enum { PUBLISHED_PATH = PUBLISHED_TOKEN + PUBLISHED_NAME + 16 };
/* "file/TOKEN/NAME": where clocks fetch it, below /iclock/ (PUSH SDK 2013, 3.2.4-14). */
void published_path_write(const struct published *f, char out[PUBLISHED_PATH]);
/* References to all, in the order of their names; the array is in `a`. */
const struct published **published_list(struct published_files *p, struct arena *a, size_t *n);

/* Store it, in place of one of the same name; `row` may be NULL. The bytes are copied. GH_ETOOBIG: over a
 * limit above. GH_EBUSY, GH_ENOMEM at once. */
struct audit_row;
GH_MUST_CHECK enum gh_err published_put(struct published_files *p, gh_slice name,
					gh_slice model, gh_slice bytes,
					const struct audit_row *row, core_done_fn *done,
					void *ctx);
/* In done: GH_ENOTFOUND. */
GH_MUST_CHECK enum gh_err published_delete(struct published_files *p, gh_slice name,
					   const struct audit_row *row, core_done_fn *done,
					   void *ctx);

#endif
