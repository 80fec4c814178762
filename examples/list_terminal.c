/* List the users and punches of a terminal:
 *
 *	list_terminal tcp://192.168.1.201 [COMM-KEY]
 *
 * cc list_terminal.c $(pkg-config --cflags --libs gatehouse) */
#include <gatehouse/terminal.h>

#include <stdio.h>
#include <stdlib.h>

static enum gh_err list_users(struct gh_terminal *t)
{
	struct gh_terminal_users *users;
	struct gh_user user;
	enum gh_err err = gh_terminal_users_open(t, &users);

	if (err)
		return err;
	while ((err = gh_terminal_users_next(users, &user)) == GH_OK)
		printf("user %s\t%s\n", user.pin, user.name);
	gh_terminal_users_close(users);
	return err == GH_EEND ? GH_OK : err;
}

static enum gh_err list_punches(struct gh_terminal *t)
{
	struct gh_terminal_punches *punches;
	struct gh_punch punch;
	char when[GH_TIME_TEXT];
	enum gh_err err = gh_terminal_punches_open(t, &punches);

	if (err)
		return err;
	while ((err = gh_terminal_punches_next(punches, &punch)) == GH_OK) {
		gh_time_format(&punch.time, when);
		printf("punch %s\t%s\t%d\t%d\n", punch.pin, when, punch.status, punch.verify);
	}
	gh_terminal_punches_close(punches);
	return err == GH_EEND ? GH_OK : err;
}

int main(int argc, char **argv)
{
	struct gh_terminal_options options;
	struct gh_terminal *t;
	enum gh_err err;

	if (argc < 2) {
		fprintf(stderr, "usage: %s tcp://HOST[:PORT] [COMM-KEY]\n", argv[0]);
		return 2;
	}
	gh_terminal_options_init(&options);
	if (argc > 2)
		options.comm_key = (uint32_t)strtoul(argv[2], NULL, 10);
	err = gh_terminal_new(argv[1], &options, &t);
	if (err) {
		fprintf(stderr, "%s: %s\n", argv[1], gh_strerror(err));
		return 2;
	}
	err = gh_terminal_connect(t);
	if (!err)
		err = list_users(t);
	if (!err)
		err = list_punches(t);
	if (err)
		fprintf(stderr, "%s\n", gh_terminal_error(t)->text);
	gh_terminal_free(t);
	return err ? 1 : 0;
}
