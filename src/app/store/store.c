/* `gatehouse store`: what is done to a whole store while no server runs on it. */
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/message.h"
#include "app/secret.h"
#include "app/subcommands.h"
#include "store/maintenance.h"

static int usage_print(FILE *to)
{
	fprintf(to,
		"Usage: gatehouse store copy FROM TO\n"
		"       gatehouse store check URL\n\n"
		"Stores are sqlite:PATH, or postgres://USER@HOST/DATABASE as libpq reads "
		"it.\n\n"
		"  copy    copy everything, with every number, and compare; goes on where an\n"
		"          earlier copy was cut short. No server runs meanwhile. Afterwards "
		"FROM\n"
		"          is marked, and serve refuses it without --force\n"
		"  check   name gaps and doubles in the ledger, and rows that belong to "
		"nothing\n");
	return to == stdout ? 0 : 2;
}

static void line_print(void *ctx, const char *text)
{
	(void)ctx;
	puts(text);
	fflush(stdout);
}

static const struct store_report report = { .line = line_print };

/* The lock of the data directory that a database lies in, if it lies in one: -1. false: a server
 * has it. */
static bool directory_lock(const char *url, int *lock)
{
	char *dir, *path;

	*lock = -1;
	if (!g_str_has_prefix(url, "sqlite:"))
		return true;
	dir = g_path_get_dirname(url + strlen("sqlite:"));
	path = g_build_filename(dir, "gatehouse.lock", NULL);
	*lock = open(path, O_RDWR | O_CLOEXEC);
	bool free_now = *lock < 0 || flock(*lock, LOCK_EX | LOCK_NB) == 0;

	if (!free_now)
		message_print("another gatehouse is using the data directory %s", dir);
	g_free(path);
	g_free(dir);
	return free_now;
}

static bool handle_open(const char *url, struct store_handle *h)
{
	char why[512];

	if (store_open(gh_slice_of(url), h, why, sizeof(why)) == GH_OK)
		return true;
	message_print("%s", why);
	return false;
}

static bool copy_between(struct store_handle *from, struct store_handle *to, const char *mark)
{
	char why[512];

	if (store_copy(from, to, mark, &report, why, sizeof(why)) == GH_OK)
		return true;
	message_print("%s", why);
	return false;
}

static int store_command_copy(const char *from_url, const char *to_url)
{
	struct store_handle from = { 0 }, to = { 0 };
	char *mark = secret_url_hide(to_url);
	int from_lock = -1, to_lock = -1;
	bool ok = directory_lock(from_url, &from_lock) && directory_lock(to_url, &to_lock) &&
		  handle_open(from_url, &from) && handle_open(to_url, &to) &&
		  copy_between(&from, &to, mark);

	store_close(&from);
	store_close(&to);
	if (from_lock >= 0)
		close(from_lock);
	if (to_lock >= 0)
		close(to_lock);
	g_free(mark);
	return ok ? 0 : 1;
}

static int store_command_check(const char *url)
{
	struct store_handle h = { 0 };
	size_t found = 0;

	if (!handle_open(url, &h))
		return 1;
	enum gh_err err = store_check(&h, &report, &found);

	store_close(&h);
	if (err) {
		message_print("cannot read the store: %s", gh_strerror(err));
		return 1;
	}
	if (found)
		printf("%zu found\n", found);
	else
		puts("nothing found");
	return found ? 1 : 0;
}

int cmd_store(int argc, char **argv)
{
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage_print(stdout);
	if (argc == 4 && !strcmp(argv[1], "copy"))
		return store_command_copy(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "check"))
		return store_command_check(argv[2]);
	return usage_print(stderr);
}
