#include "store/sqlite/log_gather.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the file's format (www.sqlite.org/fileformat2.html, 4.1). */
#define FRAME_HEADER 24
#define FRAME_PAGES_AFTER \
	4 /* where a header has the size of the database, or 0 within a commit */

/* 31 frames of pages of 4096 bytes. SQLite's own writing fails above 128 KiB. */
#define GATHER_BYTES ((size_t)31 * (FRAME_HEADER + 4096))

struct gather_file {
	sqlite3_file base;
	sqlite3_file *system; /* behind this struct, in the same memory */
	bool ends_commit;     /* the page that comes belongs to the last frame of a commit */
	bool was_read;	      /* just now: what is written next corrects it */
	sqlite3_int64 at;     /* where in the file the bytes belong that are held back */
	size_t n;
	unsigned char *held;
};

static struct gather_file *gather_of(sqlite3_file *file)
{
	return (struct gather_file *)file;
}

/* Whether it succeeds or not, nothing is held back then: what could not be written is part of a
 * transaction that fails. */
static int gather_flush(struct gather_file *f)
{
	size_t n = f->n;

	f->n = 0;
	return n ? f->system->pMethods->xWrite(f->system, f->held, (int)n, f->at) : SQLITE_OK;
}

static bool is_commit_header(const unsigned char *p, size_t n)
{
	static const unsigned char within[4] = { 0 };

	return n == FRAME_HEADER && memcmp(p + FRAME_PAGES_AFTER, within, sizeof(within)) != 0;
}

/* The last page of a commit ends it, but after a transaction that took more than memory: then headers of
 * its frames are read and corrected, one by one. None of both is held back. */
static int gather_write(sqlite3_file *file, const void *p, int amount, sqlite3_int64 at)
{
	struct gather_file *f = gather_of(file);
	size_t n = (size_t)amount;
	bool ends = f->ends_commit || f->was_read;
	int rc = SQLITE_OK;

	f->was_read = false;
	f->ends_commit = is_commit_header(p, n);
	if (f->n && (at != f->at + (sqlite3_int64)f->n || n > GATHER_BYTES - f->n))
		rc = gather_flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (n > GATHER_BYTES)
		return f->system->pMethods->xWrite(f->system, p, amount, at);
	if (f->n == 0)
		f->at = at;
	memcpy(f->held + f->n, p, n);
	f->n += n;
	return ends ? gather_flush(f) : SQLITE_OK;
}

static int gather_close(sqlite3_file *file)
{
	struct gather_file *f = gather_of(file);

	free(f->held); /* with at most a part of a transaction that is not committed */
	return f->system->pMethods->xClose(f->system);
}

static int gather_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	struct gather_file *f = gather_of(file);
	int rc = gather_flush(f);

	f->was_read = true;
	return rc ? rc : f->system->pMethods->xRead(f->system, to, n, at);
}

static int gather_truncate(sqlite3_file *file, sqlite3_int64 n)
{
	struct gather_file *f = gather_of(file);
	int rc = gather_flush(f);

	return rc ? rc : f->system->pMethods->xTruncate(f->system, n);
}

static int gather_sync(sqlite3_file *file, int flags)
{
	struct gather_file *f = gather_of(file);
	int rc = gather_flush(f);

	return rc ? rc : f->system->pMethods->xSync(f->system, flags);
}

static int gather_size(sqlite3_file *file, sqlite3_int64 *n)
{
	struct gather_file *f = gather_of(file);
	int rc = gather_flush(f);

	return rc ? rc : f->system->pMethods->xFileSize(f->system, n);
}

static int gather_lock(sqlite3_file *file, int level)
{
	sqlite3_file *system = gather_of(file)->system;

	return system->pMethods->xLock(system, level);
}

static int gather_unlock(sqlite3_file *file, int level)
{
	sqlite3_file *system = gather_of(file)->system;

	return system->pMethods->xUnlock(system, level);
}

static int gather_lock_check(sqlite3_file *file, int *reserved)
{
	sqlite3_file *system = gather_of(file)->system;

	return system->pMethods->xCheckReservedLock(system, reserved);
}

static int gather_control(sqlite3_file *file, int what, void *argument)
{
	struct gather_file *f = gather_of(file);
	int rc = gather_flush(f);

	return rc ? rc : f->system->pMethods->xFileControl(f->system, what, argument);
}

static int gather_sector(sqlite3_file *file)
{
	sqlite3_file *system = gather_of(file)->system;

	return system->pMethods->xSectorSize(system);
}

static int gather_traits(sqlite3_file *file)
{
	sqlite3_file *system = gather_of(file)->system;

	return system->pMethods->xDeviceCharacteristics(system);
}

/* Version 1: shared memory is the database's own, and a log is not mapped. */
static const sqlite3_io_methods gather_methods = {
	.iVersion = 1,
	.xClose = gather_close,
	.xRead = gather_read,
	.xWrite = gather_write,
	.xTruncate = gather_truncate,
	.xSync = gather_sync,
	.xFileSize = gather_size,
	.xLock = gather_lock,
	.xUnlock = gather_unlock,
	.xCheckReservedLock = gather_lock_check,
	.xFileControl = gather_control,
	.xSectorSize = gather_sector,
	.xDeviceCharacteristics = gather_traits,
};

static int gather_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
		       int *flags_out)
{
	sqlite3_vfs *system = ((struct log_gather *)vfs)->system;
	struct gather_file *f = gather_of(file);
	int rc;

	if (!(flags & SQLITE_OPEN_WAL))
		return system->xOpen(system, path, file, flags, flags_out);
	*f = (struct gather_file){ .system = (sqlite3_file *)(f + 1),
				   .held = malloc(GATHER_BYTES) };
	if (f->held == NULL)
		return SQLITE_NOMEM;
	rc = system->xOpen(system, path, f->system, flags, flags_out);
	if (rc == SQLITE_OK) {
		f->base.pMethods = &gather_methods;
		return SQLITE_OK;
	}
	if (f->system->pMethods)
		f->system->pMethods->xClose(f->system);
	free(f->held);
	f->held = NULL;
	return rc;
}

int log_gather_register(struct log_gather *g)
{
	sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	if (system == NULL)
		return SQLITE_ERROR;
	/* Its functions other than xOpen use nothing of the structure but what is the same here. */
	g->vfs = *system;
	g->system = system;
	snprintf(g->name, sizeof(g->name), "log-gather-%p", (void *)g);
	g->vfs.zName = g->name;
	g->vfs.szOsFile = (int)sizeof(struct gather_file) + system->szOsFile;
	g->vfs.xOpen = gather_open;
	return sqlite3_vfs_register(&g->vfs, 0);
}

void log_gather_unregister(struct log_gather *g)
{
	if (g->system)
		sqlite3_vfs_unregister(&g->vfs);
}
