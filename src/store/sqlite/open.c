#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/sqlite/sqlite.h"

/* Carrying pages over takes its time, too: a few of them delay no upload noticeably.
 * The log may grow to this while no job waits, and to the ceiling while one does,
 * before its pages are carried over into the database. */
#define WAL_PAGES 512
#define WAL_PAGES_MAX 8192
/* As in the settings. */
#define BUSY_MS 2000

static const char settings[] = "PRAGMA busy_timeout = 2000;"
			       "PRAGMA page_size = 4096;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA foreign_keys = ON;"
			       "PRAGMA wal_autocheckpoint = 0;"
			       "PRAGMA journal_size_limit = 33554432;"
			       "PRAGMA cache_size = -8192;";

void sqlite_message_write(struct sqlite_conn *c, const char *path, const char *what, char *why,
			  size_t why_size)
{
	int number = c->db ? sqlite3_system_errno(c->db) : 0;

	snprintf(why, why_size, "cannot %s database %s: %s%s%s", what, path,
		 c->db ? sqlite3_errmsg(c->db) : "out of memory", number ? ": " : "",
		 number ? strerror(number) : "");
}

static int sqlite_pages_count(void *ctx, sqlite3 *db, const char *name, int pages)
{
	struct sqlite_store *s = ctx;

	(void)db;
	(void)name;
	s->wal_pages = pages;
	s->wal_most = pages > s->wal_most ? pages : s->wal_most;
	if (pages < s->wal_tried)
		s->wal_tried = 0;
	return SQLITE_OK;
}

/* A new database is for its owner alone: it holds templates and keys. One that exists is
 * not touched; closing any descriptor of it would drop the locks of this process. */
static void sqlite_private_create(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
}

static int sqlite_is_wal(void *ctx, int n, char **value, char **name)
{
	(void)name;
	*(bool *)ctx = n == 1 && value[0] && strcmp(value[0], "wal") == 0;
	return 0;
}

static enum gh_err store_connect(struct sqlite_store *s, char *why, size_t why_size)
{
	enum gh_err err;
	bool wal = false;
	int rc;

	sqlite_private_create(s->path);
	/* Statistics of memory, which are not read, cost a lock for each of the many small pieces. Of
	 * no effect once a database was opened, as by another part of the program that has it. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	rc = log_gather_register(&s->log);
	if (rc == SQLITE_OK)
		rc = sqlite3_open_v2(s->path, &s->conn.db,
				     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
					     SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
				     s->log.name);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->conn.db, settings, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = batch_register(s->conn.db, &s->batch);
	if (rc == SQLITE_OK && sqlite3_db_readonly(s->conn.db, "main")) {
		snprintf(why, why_size, "database %s may be read but not written", s->path);
		return GH_EDENIED;
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->conn.db, "PRAGMA journal_mode = WAL", sqlite_is_wal, &wal,
				  NULL);
	if (rc == SQLITE_OK && !wal) {
		snprintf(why, why_size,
			 "the file system of database %s does not support a write-ahead log",
			 s->path);
		return GH_EIO;
	}
	if (rc != SQLITE_OK) {
		err = s->conn.db ? sqlite_error(&s->conn, rc) : GH_ENOMEM;
		sqlite_message_write(&s->conn, s->path, "open", why, why_size);
		return err;
	}
	sqlite3_wal_hook(s->conn.db, sqlite_pages_count, s);
	err = sqlite_migrate(&s->conn, s->path, why, why_size);
	s->conn.sql.writes = true;
	return err;
}

static void sqlite_close(struct store *store)
{
	struct sqlite_store *s = sqlite_store_of(store);

	sqlite_conn_close(&s->conn);
	log_gather_unregister(&s->log);
	row_counts_free(&s->store.counts);
	audit_rows_clear(&s->store.audit);
	free(s);
}

static enum gh_err sqlite_open(gh_slice url, struct store **out, char *why, size_t why_size)
{
	gh_slice path = gh_slice_from(url, sizeof("sqlite:") - 1);

	if (path.n == 0 || memchr(path.p, 0, path.n) || path.p[0] == ':' ||
	    gh_slice_starts(path, GH_LIT("file:"))) {
		snprintf(why, why_size, "a database needs the path of a file: sqlite:PATH");
		return GH_EINVALID;
	}
	struct sqlite_store *s = calloc(1, sizeof(*s) + path.n + 1);
	if (s == NULL) {
		snprintf(why, why_size, "out of memory");
		return GH_ENOMEM;
	}
	memcpy(s->path, path.p, path.n);
	s->conn.sql.engine = &sqlite_engine;
	s->store.sql = &s->conn.sql;
	s->conn.sql.counts = &s->store.counts;

	enum gh_err err = store_connect(s, why, why_size);

	if (err)
		sqlite_close(&s->store);
	else
		*out = &s->store;
	return err;
}

static void sqlite_traits(struct store *s, struct store_traits *out)
{
	(void)s;
	*out = (struct store_traits){ .kind = "sqlite", .durability = "local" };
}

static struct store *sqlite_lane(struct store *s, enum store_lane lane)
{
	(void)lane;
	return s;
}

static void store_checkpoint(struct sqlite_store *s)
{
	int pages = 0, done = 0;
	int rc = sqlite3_wal_checkpoint_v2(s->conn.db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages,
					   &done);

	/* After a full checkpoint the next writer restarts the log. Pages that a reader still
	 * needs are tried again once as many pages more were written. */
	s->wal_tried = s->wal_pages;
	if (rc == SQLITE_OK && pages == done)
		s->wal_tried = s->wal_pages = 0;
}

/* Carry all over and cut the file, if no reader needs it any more; none is waited for. */
static void store_cut_log(struct sqlite_store *s)
{
	int rc;

	sqlite3_busy_timeout(s->conn.db, 0);
	rc = sqlite3_wal_checkpoint_v2(s->conn.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
				       NULL);
	sqlite3_busy_timeout(s->conn.db, BUSY_MS);
	if (rc == SQLITE_OK)
		s->wal_tried = s->wal_pages = s->wal_most = 0;
}

static enum gh_err sqlite_idle(struct store *store)
{
	struct sqlite_store *s = sqlite_store_of(store);

	if (s->wal_pages - s->wal_tried >= WAL_PAGES)
		store_checkpoint(s);
	if (s->wal_most > WAL_PAGES_MAX)
		store_cut_log(s);
	return GH_OK;
}

static const char *sqlite_why(struct store *s)
{
	(void)s;
	return NULL;
}

static enum gh_err sqlite_begin(struct store *store)
{
	struct sqlite_store *s = sqlite_store_of(store);

	if (s->wal_pages - s->wal_tried >= WAL_PAGES_MAX)
		store_checkpoint(s);
	s->conn.failed = GH_OK;
	for (enum store_stream i = 0; i < STORE_STREAMS; i++)
		s->floor[i] = -1;
	row_counts_clear(&s->store.counts);
	audit_rows_clear(&s->store.audit);
	s->changes = sqlite3_total_changes64(s->conn.db);
	return sqlite_control(&s->conn, OWN_BEGIN);
}

static void sqlite_rollback(struct store *store)
{
	struct sqlite_store *s = sqlite_store_of(store);

	/* Some errors have rolled back already. */
	if (!sqlite3_get_autocommit(s->conn.db))
		(void)sqlite_control(&s->conn, OWN_ROLLBACK);
	sql_zones_end(&s->store, false);
	sql_found_clear(&s->store);
	/* After the checkpoint the log can be written from its beginning without growing. */
	if (s->conn.failed == GH_EFULL)
		store_checkpoint(s);
	s->conn.failed = GH_OK;
}

static bool sqlite_wrote(struct store *store)
{
	struct sqlite_store *s = sqlite_store_of(store);

	return store->audit.n || sqlite3_total_changes64(s->conn.db) != s->changes;
}

/* Errors of writes come from the calls themselves, so no job needs to be named later. */
static void sqlite_job(struct store *s, int n)
{
	(void)s;
	(void)n;
}

static enum gh_err sqlite_commit(struct store *store, struct store_outcome *out)
{
	struct sqlite_store *s = sqlite_store_of(store);
	enum gh_err err = s->conn.failed;

	*out = (struct store_outcome){ .job = -1 };

	if (err == GH_OK && sqlite3_get_autocommit(s->conn.db))
		err = GH_ESTATE;
	if (err == GH_OK)
		err = row_counts_write(store);
	if (err == GH_OK)
		err = audit_rows_write(store);
	if (err == GH_OK)
		err = sqlite_control(&s->conn, OWN_COMMIT);
	if (err == GH_OK) {
		sql_zones_end(&s->store, true);
	} else {
		s->conn.failed = err;
		sqlite_rollback(store);
	}
	return err;
}

/* Of another program that has the file locked nothing is known. */
static void sqlite_holder(struct store *s, struct store_holder *out)
{
	(void)s;
	*out = (struct store_holder){ 0 };
}

const struct store_ops store_sqlite = {
	.scheme = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.traits = sqlite_traits,
	.lane = sqlite_lane,
	.begin = sqlite_begin,
	.job = sqlite_job,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.wrote = sqlite_wrote,
	.idle = sqlite_idle,
	.why = sqlite_why,
	.access_put = sqlite_access_put,
	.punches_put = sqlite_punches_put,
	.reader_open = sqlite_reader_open,
	.reader_close = sqlite_reader_close,
	.reader_stop = sqlite_reader_stop,
	.holder = sqlite_holder,
	SQL_STORE_OPS,
};
