/* A copy of a database that a server may be using: one reading transaction, which sees neither a half
 * commit nor what is committed meanwhile, and delays no writer. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/maintenance.h"
#include "store/sqlite/sqlite.h"

/* For a moment at which another connection has the file for itself. */
#define BUSY_MS 10000

static bool snapshot_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* VACUUM INTO writes into an empty file that exists, and so keeps the mode it was made with. */
static int snapshot_into(sqlite3 *db, const char *to)
{
	sqlite3_stmt *vacuum = NULL;
	int rc = sqlite3_prepare_v2(db, "VACUUM INTO ?", -1, &vacuum, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(vacuum, 1, to, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(vacuum);
	sqlite3_finalize(vacuum);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

enum gh_err store_snapshot(const char *from, const char *to, char *why, size_t why_size)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	sqlite3 *db = NULL;
	int rc;

	if (fd < 0) {
		snprintf(why, why_size, "cannot write %s: %s", to, strerror(errno));
		return GH_EIO;
	}
	close(fd);
	rc = sqlite3_open_v2(from, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = snapshot_into(db, to);
	if (rc != SQLITE_OK)
		snprintf(why, why_size, "cannot copy database %s: %s", from,
			 db ? sqlite3_errmsg(db) : "out of memory");
	sqlite3_close(db);
	if (rc == SQLITE_OK && !snapshot_sync(to)) {
		snprintf(why, why_size, "cannot write %s: %s", to, strerror(errno));
		rc = SQLITE_IOERR;
	}
	if (rc != SQLITE_OK)
		unlink(to);
	return rc == SQLITE_OK ? GH_OK : GH_EIO;
}
