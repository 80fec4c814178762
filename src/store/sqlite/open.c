#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/sqlite/sqlite.h"

/* The log may grow to this while nobody is waiting, and to the ceiling while somebody is,
 * before its pages are carried over into the database. */
#define WAL_PAGES 2048
#define WAL_PAGES_MAX 8192

static const char settings[] = "PRAGMA busy_timeout = 2000;"
			       "PRAGMA page_size = 4096;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA foreign_keys = ON;"
			       "PRAGMA wal_autocheckpoint = 0;"
			       "PRAGMA journal_size_limit = 33554432;"
			       "PRAGMA cache_size = -8192;";

void sqlite_say(struct sql *c, const char *path, const char *what, char *why, size_t why_size)
{
	int number = c->db ? sqlite3_system_errno(c->db) : 0;

	snprintf(why, why_size, "cannot %s database %s: %s%s%s", what, path,
		 c->db ? sqlite3_errmsg(c->db) : "out of memory", number ? ": " : "",
		 number ? strerror(number) : "");
}

static int count_pages(void *ctx, sqlite3 *db, const char *name, int pages)
{
	struct store *s = ctx;

	(void)db;
	(void)name;
	s->wal_pages = pages;
	if (pages < s->wal_tried)
		s->wal_tried = 0;
	return SQLITE_OK;
}

/* A new database is for its owner alone: it holds templates and keys. One that exists is
 * not touched; closing any descriptor of it would drop the locks of this process. */
static void create_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
}

static int is_wal(void *ctx, int n, char **value, char **name)
{
	(void)name;
	*(bool *)ctx = n == 1 && value[0] && strcmp(value[0], "wal") == 0;
	return 0;
}

static enum gh_err store_connect(struct store *s, char *why, size_t why_size)
{
	enum gh_err err;
	bool wal = false;
	int rc;

	create_private(s->path);
	rc = sqlite3_open_v2(s->path, &s->sql.db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
				     SQLITE_OPEN_EXRESCODE,
			     NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->sql.db, settings, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = batch_register(s->sql.db, &s->batch);
	if (rc == SQLITE_OK && sqlite3_db_readonly(s->sql.db, "main")) {
		snprintf(why, why_size, "database %s may be read but not written", s->path);
		return GH_EDENIED;
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->sql.db, "PRAGMA journal_mode = WAL", is_wal, &wal, NULL);
	if (rc == SQLITE_OK && !wal) {
		snprintf(why, why_size,
			 "the file system of database %s does not support a write-ahead log",
			 s->path);
		return GH_EIO;
	}
	if (rc != SQLITE_OK) {
		err = s->sql.db ? sql_error(&s->sql, rc) : GH_ENOMEM;
		sqlite_say(&s->sql, s->path, "open", why, why_size);
		return err;
	}
	sqlite3_wal_hook(s->sql.db, count_pages, s);
	err = sqlite_migrate(&s->sql, s->path, why, why_size);
	s->sql.writes = true;
	return err;
}

static void sqlite_close(struct store *s)
{
	sql_close(&s->sql);
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
	struct store *s = calloc(1, sizeof(*s) + path.n + 1);
	if (s == NULL) {
		snprintf(why, why_size, "out of memory");
		return GH_ENOMEM;
	}
	memcpy(s->path, path.p, path.n);

	enum gh_err err = store_connect(s, why, why_size);

	if (err)
		sqlite_close(s);
	else
		*out = s;
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

static void checkpoint(struct store *s)
{
	int pages = 0, done = 0;
	int rc = sqlite3_wal_checkpoint_v2(s->sql.db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages,
					   &done);

	/* When all is carried over, the next writer starts the log anew. What a reader still
	 * needs is tried again once as many pages more have come. */
	s->wal_tried = s->wal_pages;
	if (rc == SQLITE_OK && pages == done)
		s->wal_tried = s->wal_pages = 0;
}

static void sqlite_idle(struct store *s)
{
	if (s->wal_pages - s->wal_tried >= WAL_PAGES)
		checkpoint(s);
}

static enum gh_err sqlite_begin(struct store *s)
{
	if (s->wal_pages - s->wal_tried >= WAL_PAGES_MAX)
		checkpoint(s);
	s->sql.failed = GH_OK;
	s->alive = 0;
	s->changes = sqlite3_total_changes64(s->sql.db);
	return sql_control(&s->sql, SQL_BEGIN);
}

static void sqlite_rollback(struct store *s)
{
	/* Some errors have rolled back already. */
	if (!sqlite3_get_autocommit(s->sql.db))
		(void)sql_control(&s->sql, SQL_ROLLBACK);
	sqlite_zones_end(s, false);
	/* Carried over, the log can be written anew from its beginning without growing. */
	if (s->sql.failed == GH_EFULL)
		checkpoint(s);
	s->sql.failed = GH_OK;
}

static bool sqlite_wrote(struct store *s)
{
	return sqlite3_total_changes64(s->sql.db) != s->changes;
}

/* Errors of writes come from the calls themselves, so no job needs to be named later. */
static void sqlite_job(struct store *s, int n)
{
	(void)s;
	(void)n;
}

static enum gh_err sqlite_commit(struct store *s, struct store_outcome *out)
{
	enum gh_err err = s->sql.failed;

	*out = (struct store_outcome){ .job = -1 };

	if (err == GH_OK && sqlite3_get_autocommit(s->sql.db))
		err = GH_ESTATE;
	if (err == GH_OK)
		err = sql_control(&s->sql, SQL_COMMIT);
	if (err == GH_OK) {
		sqlite_zones_end(s, true);
	} else {
		s->sql.failed = err;
		sqlite_rollback(s);
	}
	return err;
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
	.device_put = sqlite_device_put,
	.seen_put = sqlite_seen_put,
	.device_delete = sqlite_device_delete,
	.option_put = sqlite_option_put,
	.stamp_put = sqlite_stamp_put,
	.punches_put = sqlite_punches_put,
	.record_put = sqlite_record_put,
	.record_delete = sqlite_record_delete,
	.quarantine_put = sqlite_quarantine_put,
	.upload_put = sqlite_upload_put,
	.command_put = sqlite_command_put,
	.command_find = sqlite_command_find,
	.commands_open = sqlite_commands_open,
	.commands_expired = sqlite_commands_expired,
	.commands_untyped = sqlite_commands_untyped,
	.command_retype = sqlite_command_retype,
	.token_put = sqlite_token_put,
	.token_delete = sqlite_token_delete,
	.reader_open = sqlite_reader_open,
	.reader_close = sqlite_reader_close,
	.device_find = sqlite_device_find,
	.devices_read = sqlite_devices_read,
	.options_read = sqlite_options_read,
	.stamps_read = sqlite_stamps_read,
	.punches_read = sqlite_punches_read,
	.records_read = sqlite_records_read,
	.record_get = sqlite_record_get,
	.record_counts = sqlite_record_counts,
	.template_counts = sqlite_template_counts,
	.quarantine_read = sqlite_quarantine_read,
	.uploads_read = sqlite_uploads_read,
	.commands_waiting = sqlite_commands_waiting,
	.commands_read = sqlite_commands_read,
	.command_get = sqlite_command_get,
	.command_events_read = sqlite_command_events_read,
	.tokens_read = sqlite_tokens_read,
	.last_seq = sqlite_last_seq,
	.ledger_id = sqlite_ledger_id,
	.counts = sqlite_counts,
};
