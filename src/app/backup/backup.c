/* gatehouse backup FILE, gatehouse restore FILE: the store in a data directory, in one file. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/backup/backup_file.h"
#include "app/message.h"
#include "app/packaged_data.h"
#include "app/settings/setting.h"
#include "app/subcommands.h"
#include "store/maintenance.h"

enum { END_FAILED = 1, END_USAGE = 2 };
enum { KEY_DATA = 1000, KEY_WITHOUT_KEYS, KEY_FORCE };

struct backup_command {
	const char *data, *file;
	bool data_given, without_keys, force;
};

static error_t backup_option_read(int key, char *arg, struct argp_state *state)
{
	struct backup_command *c = state->input;

	switch (key) {
	case KEY_DATA:
		c->data = arg;
		c->data_given = true;
		return 0;
	case KEY_WITHOUT_KEYS:
		c->without_keys = true;
		return 0;
	case KEY_FORCE:
		c->force = true;
		return 0;
	case ARGP_KEY_ARG:
		if (c->file)
			argp_error(state, "one file at a time");
		c->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (c->file == NULL)
			argp_error(state, "FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define OPTION_DATA                                                                          \
	{                                                                                    \
		"data", KEY_DATA, "DIR", 0, "The data directory (GATEHOUSE_DATA; ./data)", 0 \
	}

static void backup_line_read(int argc, char **argv, const struct argp *argp, char *name,
			     struct backup_command *c)
{
	char variable[SETTING_VARIABLE_SIZE];
	const char *given = setting_from_environment(SETTING_CLIENT_DATA, variable);

	*c = (struct backup_command){ .data = given && *given ? given : "./data",
				      .data_given = given && *given };
	argv[0] = name;
	argp_err_exit_status = END_USAGE;
	argp_parse(argp, argc, argv, 0, NULL, c);
}

/* Where no directory was given and there is no store where the command is run, that of the service. */
static void backup_data_find(struct backup_command *c)
{
	char *here = g_build_filename(c->data, BACKUP_DATABASE, NULL);

	if (!c->data_given && !g_file_test(here, G_FILE_TEST_EXISTS) &&
	    g_file_test(PACKAGED_DATA, G_FILE_TEST_IS_DIR))
		c->data = PACKAGED_DATA;
	g_free(here);
}

/* The administrator's token as it is in the directory; NULL: it has none that can be read. */
static char *token_of(const char *data)
{
	char *path = g_build_filename(data, BACKUP_TOKEN, NULL), *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	g_free(path);
	return text;
}

/* --- backup --- */

static double file_megabytes(const char *path, const char *end)
{
	char *name = g_strconcat(path, end, NULL);
	GStatBuf st;
	bool there = g_stat(name, &st) == 0;

	g_free(name);
	return there ? (double)st.st_size / 1e6 : 0;
}

/* The copy is as large as the database with its log at the most, and as what is made of it. */
static void backup_room_print(const struct backup_command *c, const char *database)
{
	double copy = file_megabytes(database, "") + file_megabytes(database, "-wal");
	char *directory = g_path_get_dirname(c->file);
	struct statvfs fs;

	if (statvfs(directory, &fs) == 0)
		printf("%s: needs up to %.1f MB of room beside it until it is done; %.1f MB "
		       "are "
		       "free\n",
		       c->file, 2 * copy, (double)fs.f_bavail * (double)fs.f_frsize / 1e6);
	fflush(stdout);
	g_free(directory);
}

static bool backup_make(const struct backup_command *c, const char *database)
{
	char *copy = g_strconcat(c->file, ".database", NULL);
	char *token = c->without_keys ? NULL : token_of(c->data);
	char why[BACKUP_WHY];
	struct backup_about about;

	backup_room_print(c, database);

	bool ok = store_snapshot(database, copy, why, sizeof(why)) == GH_OK;

	if (ok) {
		ok = backup_write(c->file, copy, token, &about, why);
		g_unlink(copy);
	}
	if (ok)
		printf("%s: the store of %s at %s, %.1f MB before compression%s\n", c->file,
		       c->data, about.created, (double)about.size / 1e6,
		       token ? ", and its administrator's token" : "");
	else
		message_print("%s", why);
	g_free(token);
	g_free(copy);
	return ok;
}

int cmd_backup(int argc, char **argv)
{
	static const struct argp_option options[] = {
		OPTION_DATA,
		{ "without-keys", KEY_WITHOUT_KEYS, NULL, 0,
		  "Leave the administrator's token out", 0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = backup_option_read,
		.args_doc = "FILE",
		.doc = "Saves the store of a data directory in one file. A server may be "
		       "running: it waits for nothing, and the file has the store as it was "
		       "at one moment.\v"
		       "The file holds what the store holds: templates, photos, and the comm "
		       "keys of devices. Keep it where only administrators can read it. A "
		       "store on PostgreSQL is saved with pg_dump.\n\n"
		       "Example:\n  gatehouse backup /backup/gatehouse.tar.zst --data "
		       "/var/lib/gatehouse",
	};
	char name[] = "gatehouse backup";
	struct backup_command c;

	backup_line_read(argc, argv, &argp, name, &c);
	backup_data_find(&c);

	char *database = g_build_filename(c.data, BACKUP_DATABASE, NULL);
	bool ok = g_file_test(database, G_FILE_TEST_EXISTS);

	if (ok)
		ok = backup_make(&c, database);
	else
		message_print("%s has no database; --data names the server's data directory. A "
			      "store on PostgreSQL is saved with pg_dump",
			      c.data);
	g_free(database);
	return ok ? 0 : END_FAILED;
}

/* --- restore --- */

static void restore_line_print(void *ctx, const char *text)
{
	(void)ctx;
	message_print("%s", text);
}

/* Bring the unpacked database up to this version, look through it, and note that it was restored. */
static bool restore_prepare(const char *database, bool force, char why[BACKUP_WHY])
{
	static const struct store_report report = { .line = restore_line_print };
	char *url = g_strconcat("sqlite:", database, NULL);
	struct store_handle h = { 0 };
	size_t found = 0;
	bool ok = store_open(gh_slice_of(url), &h, why, BACKUP_WHY) == GH_OK;

	if (ok) {
		enum gh_err err = store_check(&h, &report, &found);

		ok = err == GH_OK && (found == 0 || force);
		if (err)
			g_snprintf(why, BACKUP_WHY, "the database in it cannot be read: %s",
				   gh_strerror(err));
		else if (!ok)
			g_snprintf(
				why, BACKUP_WHY,
				"the database in it has faults; --force restores it with them");
	}
	ok = ok && store_restored(&h, why, BACKUP_WHY) == GH_OK;
	store_close(&h);
	g_free(url);
	return ok;
}

/* Unpack beside its place, prepare it there, and only then give it its name. */
static bool restore_into(const struct backup_command *c, const char *database,
			 struct backup_about *about, bool *has_token, char why[BACKUP_WHY])
{
	char *part = g_strconcat(database, ".restoring", NULL);
	char *log = g_strconcat(part, "-wal", NULL), *shared = g_strconcat(part, "-shm", NULL);
	char *token = g_build_filename(c->data, BACKUP_TOKEN, NULL);
	bool read, ok;

	/* What an earlier attempt left that was cut short. */
	g_unlink(part);
	g_unlink(log);
	g_unlink(shared);
	read = backup_read(c->file, part, token, has_token, about, why);
	ok = read && restore_prepare(part, c->force, why);
	/* The last connection carries the log over and removes it, unless it cannot write. */
	if (ok && g_file_test(log, G_FILE_TEST_EXISTS)) {
		g_snprintf(why, BACKUP_WHY, "cannot write %s: is there room?", part);
		ok = false;
	}
	if (ok && g_rename(part, database)) {
		g_snprintf(why, BACKUP_WHY, "cannot write %s: %s", database, g_strerror(errno));
		ok = false;
	}
	if (read && !ok) {
		g_unlink(part);
		g_unlink(log);
		g_unlink(shared);
		if (*has_token)
			g_unlink(token);
	}
	g_free(token);
	g_free(shared);
	g_free(log);
	g_free(part);
	return ok;
}

static bool restore_directory_lock(const char *data, int *lock, char why[BACKUP_WHY])
{
	char *path = g_build_filename(data, "gatehouse.lock", NULL);

	*lock = -1;
	if (g_mkdir_with_parents(data, 0700) == 0)
		*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	g_free(path);
	if (*lock < 0)
		g_snprintf(why, BACKUP_WHY, "cannot write to the data directory %s: %s", data,
			   g_strerror(errno));
	else if (flock(*lock, LOCK_EX | LOCK_NB) != 0)
		g_snprintf(why, BACKUP_WHY, "another gatehouse is using the data directory %s",
			   data);
	else
		return true;
	return false;
}

/* Whether nothing of a database is there. The log of one that is gone would be taken for that of the
 * restored one, and change it. */
static bool restore_place_is_free(const char *data, const char *database, char why[BACKUP_WHY])
{
	static const char *const part[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		char *path = g_strconcat(database, part[i], NULL);
		bool there = g_file_test(path, G_FILE_TEST_EXISTS);

		g_free(path);
		if (!there)
			continue;
		g_snprintf(
			why, BACKUP_WHY,
			"%s has a database already, which is not overwritten (" BACKUP_DATABASE
			"%s); move it away with all files whose names begin so, or name "
			"another directory",
			data, part[i]);
		return false;
	}
	return true;
}

static void restored_print(const struct backup_command *c, const struct backup_about *about,
			   bool has_token)
{
	printf("%s: restored as it was at %s, and checked\n", c->data, about->created);
	printf("  each approved device gets a command to send again what it still holds, as "
	       "soon as "
	       "the "
	       "server runs;\n  what is known already is not stored twice\n");
	printf("  the ledger has a new id: programs that follow it begin again at a number the "
	       "backup has\n");
	printf("  tokens that were revoked after the backup are valid again: 'gatehouse token "
	       "list' shows them\n");
	if (!has_token)
		printf("  it holds no administrator's token: 'gatehouse token create NAME "
		       "--scope "
		       "admin --data %s' makes one\n",
		       c->data);
}

int cmd_restore(int argc, char **argv)
{
	static const struct argp_option options[] = {
		OPTION_DATA,
		{ "force", KEY_FORCE, NULL, 0, "Restore it also where the check finds faults",
		  0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = backup_option_read,
		.args_doc = "FILE",
		.doc = "Puts the store of a backup into a data directory that has none. It is "
		       "checked first, and brought up to this version.\v"
		       "Example:\n  gatehouse restore /backup/gatehouse.tar.zst --data "
		       "/var/lib/gatehouse",
	};
	char name[] = "gatehouse restore", why[BACKUP_WHY] = "";
	struct backup_about about = { 0 };
	struct backup_command c;
	bool has_token = false, ok;
	int lock = -1;

	backup_line_read(argc, argv, &argp, name, &c);

	char *database = g_build_filename(c.data, BACKUP_DATABASE, NULL);

	ok = restore_directory_lock(c.data, &lock, why) &&
	     restore_place_is_free(c.data, database, why) &&
	     restore_into(&c, database, &about, &has_token, why);
	if (ok)
		restored_print(&c, &about, has_token);
	else
		message_print("%s: %s", c.file, why);
	if (lock >= 0)
		close(lock);
	g_free(database);
	return ok ? 0 : END_FAILED;
}
