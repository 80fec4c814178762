/* Users: listed and looked up. */
#include <stdlib.h>

#include "client/name.h"
#include "client/user.h"
#include "wire/terminal/user.h"

#define READ_USERS "read the users"

/* The counter only helps to distinguish the record sizes. */
static enum gh_err user_count_hint(struct gh_terminal *t, int32_t *users)
{
	struct gh_counters c = { 0 };
	enum gh_err err = ghi_counters_read(t, &c);

	*users = err == GH_OK ? c.users : -1;
	return t->connected || err == GH_OK ? GH_OK : err;
}

enum gh_err ghi_users_open(struct gh_terminal *t, struct ghi_users *u)
{
	static const uint8_t direct[] = { GHI_TABLE_USERS };
	static const struct ghi_source source = {
		.command = GH_CMD_USERTEMP_RRQ,
		.table = GHI_TABLE_USERS,
		.direct = GH_CMD_USERTEMP_RRQ,
		.direct_data = { direct, sizeof(direct) },
	};
	struct ghi_terminal_table *table = &u->reading.table;
	const char *attempt = t->attempt;
	int32_t count;
	enum gh_err err = user_count_hint(t, &count);

	if (!err)
		err = ghi_reading_open(&u->reading, t, attempt, &source, GHI_TERMINAL_USER_MAX);
	if (err)
		return err;
	table->stride = ghi_terminal_user_size_of(table->piece, (size_t)table->declared, count);
	if (table->stride == 0) {
		ghi_reading_close(&u->reading);
		return ghi_call_fail(t, GH_EMALFORMED,
				     "the users are in records of an unknown size");
	}
	if (table->declared)
		t->user_size = (uint8_t)table->stride;
	return GH_OK;
}

enum gh_err ghi_users_next(struct ghi_users *u, struct gh_user *out)
{
	gh_slice record;
	enum gh_err err = ghi_reading_next(&u->reading, &record);

	if (!err)
		err = ghi_terminal_user_parse(record, out);
	return err;
}

void ghi_users_close(struct ghi_users *u)
{
	ghi_reading_close(&u->reading);
}

/* Public iterator. */

struct gh_terminal_users {
	struct ghi_users users;
	struct gh_terminal *t;
};

static void user_abandon(void *it)
{
	gh_terminal_users_close(it);
}

enum gh_err gh_terminal_users_open(struct gh_terminal *t, struct gh_terminal_users **out)
{
	enum gh_err err;
	struct gh_terminal_users *it = ghi_iterator_new(t, READ_USERS, sizeof(*it), &err);

	if (it == NULL)
		return err;
	it->t = t;
	err = ghi_users_open(t, &it->users);
	if (err) {
		free(it);
		return err;
	}
	ghi_iterator_hold(t, it, user_abandon);
	*out = it;
	return GH_OK;
}

enum gh_err gh_terminal_users_next(struct gh_terminal_users *it, struct gh_user *out)
{
	enum gh_err err = ghi_users_next(&it->users, out);

	if (!err)
		ghi_name_decode(out, it->t->options.encoding);
	return err;
}

void gh_terminal_users_close(struct gh_terminal_users *it)
{
	if (it == NULL)
		return;
	ghi_users_close(&it->users);
	ghi_iterator_release(it->t);
	free(it);
}

/* Looking up. */

enum gh_err ghi_users_each(struct gh_terminal *t, ghi_users_fn *fn, void *context)
{
	struct ghi_users users;
	struct gh_user u;
	enum gh_err err = ghi_users_open(t, &users);

	if (err)
		return err;
	while ((err = ghi_users_next(&users, &u)) == GH_OK)
		if (!fn(context, &u))
			break;
	ghi_users_close(&users);
	return err == GH_EEND ? GH_OK : err;
}

struct search {
	const char *pin;
	bool found;
	struct gh_user user;
};

static bool user_match(void *context, const struct gh_user *u)
{
	struct search *s = context;

	if (strcmp(u->pin, s->pin) != 0)
		return true;
	s->found = true;
	s->user = *u;
	return false;
}

enum gh_err ghi_user_find(struct gh_terminal *t, const char *pin, struct gh_user *out)
{
	struct search s = { .pin = pin };
	enum gh_err err = ghi_users_each(t, user_match, &s);

	if (err)
		return err;
	if (!s.found)
		return ghi_call_fail(t, GH_ENOTFOUND, "no user has this PIN");
	*out = s.user;
	return GH_OK;
}

enum gh_err gh_terminal_user_get(struct gh_terminal *t, const char *pin, struct gh_user *out)
{
	struct gh_user u;
	enum gh_err err = ghi_call_begin(t, "read a user");

	if (!err)
		err = ghi_user_find(t, pin, &u);
	if (err)
		return err;
	ghi_name_decode(&u, t->options.encoding);
	*out = u;
	return GH_OK;
}

/* PINs by uid. */

struct filling {
	char (*pin)[GH_PIN_SIZE];
};

static bool user_fill(void *context, const struct gh_user *u)
{
	struct filling *f = context;

	memcpy(f->pin[u->uid], u->pin, GH_PIN_SIZE);
	return true;
}

enum gh_err ghi_pins_read(struct ghi_pins *p, struct gh_terminal *t)
{
	struct filling f = { calloc(GHI_UID_COUNT, GH_PIN_SIZE) };
	enum gh_err err;

	if (f.pin == NULL)
		return ghi_call_fail(t, GH_ENOMEM, NULL);
	err = ghi_users_each(t, user_fill, &f);
	if (err) {
		free(f.pin);
		return err;
	}
	p->pin = f.pin;
	return GH_OK;
}

enum gh_err ghi_pins_try(struct ghi_pins *p, struct gh_terminal *t)
{
	enum gh_err err = ghi_pins_read(p, t);

	return t->connected && err != GH_ECANCELLED && err != GH_ENOMEM ? GH_OK : err;
}

void ghi_pins_clear(struct ghi_pins *p)
{
	free(p->pin);
	p->pin = NULL;
}

void ghi_pins_fill(const struct ghi_pins *p, uint16_t uid, char out[GH_PIN_SIZE])
{
	if (p->pin)
		memcpy(out, p->pin[uid], GH_PIN_SIZE);
	else
		memset(out, 0, GH_PIN_SIZE);
}
