/* gatehouse account add, where no server runs: for who cannot sign in any more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/serve/offline_store.h"
#include "app/subcommands.h"
#include "core/accounts.h"
#include "core/password_rule.h"

static int account_create_here(struct offline *o, const char *name, const char *password)
{
	enum gh_err err;
	int64_t id;

	const char *fault = password_fault(gh_slice_of(password), gh_slice_of(name));

	if (fault) {
		fprintf(stderr, "gatehouse: the password %s\n", fault);
		return 1;
	}
	if (!offline_open(o)) {
		fprintf(stderr, "gatehouse: %s\n", o->why);
		return 1;
	}
	err = account_administrator_make(&o->server, name, password, &id);
	if (err == GH_EEXISTS)
		fprintf(stderr, "gatehouse: there is an account of that name\n");
	else if (err)
		fprintf(stderr, "gatehouse: cannot make the account: %s\n", gh_strerror(err));
	else
		printf("%lld %s: made in %s while no server runs, an administrator\n",
		       (long long)id, name, o->data.path);
	return err ? 1 : 0;
}

bool account_create_offline(const char *data, const char *name,
			    char *(*password_read)(void *ctx), void *ctx, int *end)
{
	struct offline o;
	char *password;

	if (!offline_begin(&o, data))
		return false;
	*end = offline_settings(&o);
	password = *end == 0 ? password_read(ctx) : NULL;
	if (password == NULL) {
		*end = 2;
	} else if (strlen(password) < PASSWORD_LEAST) {
		fprintf(stderr, "gatehouse: a password has %d characters at least\n",
			PASSWORD_LEAST);
		*end = 1;
	} else {
		*end = account_create_here(&o, name, password);
	}
	if (password)
		explicit_bzero(password, strlen(password));
	free(password);
	offline_close(&o);
	return true;
}
