/* A store for one test: SQLite in a directory of its own, in memory where the system has a
 * file system there. */
#ifndef GH_TESTS_TEMP_STORE_H
#define GH_TESTS_TEMP_STORE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct temp_store {
	char dir[64], path[96], url[128];
};

static inline bool temp_store_make(struct temp_store *t)
{
	snprintf(t->dir, sizeof(t->dir), "%s/gatehouse-store-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(t->dir) == NULL)
		return false;
	snprintf(t->path, sizeof(t->path), "%s/gatehouse.db", t->dir);
	snprintf(t->url, sizeof(t->url), "sqlite:%s", t->path);
	return true;
}

/* Whether nothing but the database was in it. */
static inline bool temp_store_remove(const struct temp_store *t)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char path[128];

	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", t->path, suffix[i]);
		unlink(path);
	}
	return rmdir(t->dir) == 0;
}

#endif
