/* People: read from a terminal as the records a push device uploads (Attendance PUSH 2020-03, 11.5),
 * written to it from the records of commands. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/text.h"
#include "core/device_text.h"
#include "core/people_gone.h"
#include "session/terminal/execution.h"
#include "wire/attendance/operlog.h"

/* --- people, from the terminal --- */

/* "0000" or "0001" (own periods) and three periods (PUSH SDK 2013, table 2-4). */
static gh_slice people_periods_print(struct arena *a, const struct gh_user *u)
{
	char text[40];
	int size = snprintf(text, sizeof(text), "%04u%04u%04u%04u", u->own_zones ? 1 : 0,
			    u->zones[0] % 10000u, u->zones[1] % 10000u, u->zones[2] % 10000u);

	return ghi_arena_copy(a, (gh_slice){ (const uint8_t *)text, (size_t)size });
}

/* From the terminal's bytes. A full field may end within a character of UTF-8. */
static void people_name_read(struct terminal_batch *b, const struct gh_user *u, struct arena *a,
			     struct person *p)
{
	size_t whole = ghi_text_utf8_prefix(p->name), size = p->name.n;
	bool full = size + 1 >= (u->record_size == 28 || u->record_size == 16 ? 8u : 24u);

	size_t unread = device_record_read(&b->worker->row, KIND_PERSON, p, a);
	if (full && whole && size - whole < 4 && unread)
		p->name.n = whole;
	else
		b->unread += unread;
}

static enum gh_err people_user_add(struct terminal_batch *b, const struct gh_user *u)
{
	struct arena *a;
	enum gh_err err = terminal_batch_begin(b, &a);

	if (err)
		return err;
	struct person person = {
		.present = UINT64_C(1) << PERSON_pin | UINT64_C(1) << PERSON_name |
			   UINT64_C(1) << PERSON_privilege | UINT64_C(1) << PERSON_password |
			   UINT64_C(1) << PERSON_card | UINT64_C(1) << PERSON_group_id,
		.pin = ghi_arena_copy(a, gh_slice_of(u->pin)),
		.name = ghi_arena_copy(a, gh_slice_of(u->name_raw)),
		.privilege = u->privilege,
		.password = ghi_arena_copy(a, gh_slice_of(u->password)),
		.card = u->card ? terminal_number_print(a, u->card) : (gh_slice){ 0 },
		.group_id = terminal_number_print(a, u->group),
	};

	people_name_read(b, u, a, &person);
	/* The 28-byte records have other bits there. */
	if (u->record_size != 28) {
		person.present |= UINT64_C(1) << PERSON_time_zone;
		person.time_zone = people_periods_print(a, u);
	}
	return terminal_batch_add(b, KIND_PERSON, &person);
}

/* *unstored: an error is the store's. */
static enum gh_err people_gather(struct gh_terminal *t, struct terminal_batch *b,
				 bool *unstored)
{
	struct gh_terminal_users *it;
	struct gh_user u;
	enum gh_err err = gh_terminal_users_open(t, &it);

	*unstored = false;
	if (err)
		return err;
	while (err == GH_OK && !*unstored) {
		err = gh_terminal_users_next(it, &u);
		if (err)
			break;
		err = people_user_add(b, &u);
		*unstored = err != GH_OK;
	}
	gh_terminal_users_close(it);
	return err == GH_EEND ? GH_OK : err;
}

/* Whether what was read is all that the terminal counts. Where it counts nothing, an end that it
 * reported itself has to do; but no people at all may be an answer that was lost. */
static bool people_are_whole(struct gh_terminal *t, size_t n)
{
	struct gh_counters c = { .users = -1 };

	enum gh_err err = gh_terminal_counters(t, &c);

	if (err == GH_OK && c.users >= 0)
		return (size_t)c.users == n;
	return n > 0 && (err == GH_OK || err == GH_EUNSUPPORTED);
}

/* Those that were deleted at the terminal's own menu. What was read is stored. */
static enum gh_err people_gone_settle(struct terminal_worker *w, const struct terminal_batch *b,
				      size_t *gone)
{
	struct server *server = w->manager->server;
	int64_t since = b->since_ms ? b->since_ms : server->now_ms();
	size_t removed = PEOPLE_GONE_ROWS;
	enum gh_err err = GH_OK;

	for (*gone = 0; err == GH_OK && removed == PEOPLE_GONE_ROWS; *gone += removed) {
		struct terminal_job *j = terminal_job_new(w);
		size_t *n = j ? ghi_arena_alloc(&j->arena, sizeof(*n)) : NULL;

		err = n ? people_gone_remove(server, w->device, since, n,
					     terminal_job_core_done, j)
			: GH_ENOMEM;
		if (err == GH_OK)
			err = terminal_job_wait(&j);
		removed = err == GH_OK ? *n : 0;
		terminal_job_free(j);
	}
	return err;
}

/* The batch is ended. *unstored: an error is the store's. */
static enum gh_err people_read_all(struct gh_terminal *t, struct terminal_batch *b,
				   struct terminal_people *p, bool *unstored)
{
	enum gh_err err = people_gather(t, b, unstored);

	if (err) {
		terminal_batch_drop(b);
		return err;
	}
	p->n = b->total;
	err = terminal_batch_end(b);
	*unstored = err != GH_OK;
	if (err || !people_are_whole(t, p->n))
		return err;
	err = people_gone_settle(b->worker, b, &p->gone);
	*unstored = err != GH_OK;
	return err == GH_OK || err == GH_ECANCELLED ? err
						    : terminal_read_unstored(b->worker, err);
}

static enum gh_err query_all_users(struct terminal_execution *x, struct terminal_batch *b)
{
	struct terminal_people p = { .n = 0 };
	bool unstored;
	enum gh_err err = people_read_all(x->terminal, b, &p, &unstored);

	return unstored ? terminal_batch_failed(x, b, err) : err;
}

enum gh_err terminal_read_people(struct terminal_worker *w, struct gh_terminal *t,
				 struct terminal_people *p, bool *unstored)
{
	struct terminal_batch b = { .worker = w, .table = GH_LIT("USERINFO") };

	return people_read_all(t, &b, p, unstored);
}

static enum gh_err query_one_user(struct terminal_execution *x, struct terminal_batch *b,
				  const char *pin)
{
	struct gh_user u;
	enum gh_err err = gh_terminal_user_get(x->terminal, pin, &u);

	if (err)
		return err;
	err = people_user_add(b, &u);
	return err ? terminal_batch_failed(x, b, err) : GH_OK;
}

enum gh_err terminal_command_query_users(struct terminal_execution *x)
{
	struct terminal_batch b = { .worker = x->worker, .table = GH_LIT("USERINFO") };
	gh_slice pin_text = terminal_argument(x, ARGUMENT_pin);
	char pin[GH_PIN_SIZE];
	enum gh_err err;

	if (pin_text.n == 0)
		return terminal_query_end(x, &b, query_all_users(x, &b));
	err = terminal_command_pin(x, pin_text, pin);
	return err ? err : terminal_query_end(x, &b, query_one_user(x, &b, pin));
}

/* --- people, to the terminal --- */

static enum gh_err people_text_set(struct terminal_execution *x, const char *what,
				   gh_slice from, char *to, size_t size)
{
	if (from.n >= size)
		return terminal_refuse(x, GH_ETOOBIG, "%s has more than %zu bytes", what,
				       size - 1);
	if (from.n)
		memcpy(to, from.p, from.n);
	to[from.n] = 0;
	return GH_OK;
}

static enum gh_err people_periods_set(struct terminal_execution *x, gh_slice text,
				      struct gh_user *u)
{
	uint64_t group[4];

	text = gh_slice_trim(text);
	if (u->record_size == 28 || text.n == 0)
		return GH_OK;
	if (text.n != 16) {
		/* One period alone (PUSH SDK 2013, table 2-4). */
		if (ghi_number_parse(text, 50, &group[0]))
			return terminal_refuse(x, GH_EINVALID,
					       "TZ is neither 16 digits nor one period");
		u->own_zones = group[0] != 0;
		u->zones[0] = (uint16_t)group[0];
		return GH_OK;
	}
	for (size_t i = 0; i < 4; i++)
		if (ghi_number_parse((gh_slice){ text.p + 4 * i, 4 }, 9999, &group[i]))
			return terminal_refuse(x, GH_EINVALID, "TZ is not 16 digits");
	u->own_zones = group[0] != 0;
	for (size_t i = 0; i < 3; i++)
		u->zones[i] = (uint16_t)group[i + 1];
	return GH_OK;
}

static enum gh_err people_card_set(struct terminal_execution *x, gh_slice text,
				   struct gh_user *u)
{
	uint64_t card = 0;

	if (gh_slice_trim(text).n && ghi_card_number(text, &card))
		return terminal_refuse(x, GH_EINVALID, "Card is no card number");
	u->card = card;
	return GH_OK;
}

static enum gh_err people_group_set(struct terminal_execution *x, gh_slice text,
				    struct gh_user *u)
{
	uint64_t n = 1;

	if (gh_slice_trim(text).n && ghi_number_parse(gh_slice_trim(text), 255, &n))
		return terminal_refuse(x, GH_EINVALID, "Grp is not a number up to 255");
	u->group = (uint8_t)n;
	return GH_OK;
}

/* Change only the fields of the command: the others stay as on the terminal. */
static enum gh_err user_merge(struct terminal_execution *x, const struct person *p,
			      struct gh_user *u)
{
	enum gh_err err = GH_OK;

	if (model_has(p, PERSON_name)) {
		err = people_text_set(x, "Name", p->name, u->name, sizeof(u->name));
		u->name_raw[0] = 0;
	} else {
		/* Its bytes go back as they were. */
		u->name[0] = 0;
	}
	if (err == GH_OK && model_has(p, PERSON_password))
		err = people_text_set(x, "Passwd", p->password, u->password,
				      sizeof(u->password));
	if (err == GH_OK && model_has(p, PERSON_privilege))
		err = terminal_command_byte(x, "Pri", p->privilege, &u->privilege);
	if (err == GH_OK && model_has(p, PERSON_card))
		err = people_card_set(x, p->card, u);
	if (err == GH_OK && model_has(p, PERSON_group_id))
		err = people_group_set(x, p->group_id, u);
	if (err == GH_OK && model_has(p, PERSON_time_zone))
		err = people_periods_set(x, p->time_zone, u);
	return err;
}

/* -1 is the group's mode, which is 0 here, and the modes from 0 on have bit 7 set (Attendance PUSH
 * 2020-03, appendix 7; terminal user verify modes 128 to 142). */
static enum gh_err people_verify_set(struct terminal_execution *x, int64_t mode, uint16_t uid)
{
	enum gh_err err = gh_terminal_verify_mode_set(x->terminal, uid,
						      (uint8_t)(mode < 0     ? 0
								: mode < 128 ? mode + 128
									     : mode));

	/* Firmware without modes behaves like these two anyway. */
	if (mode <= 0 && (err == GH_EUNSUPPORTED || err == GH_EDENIED) &&
	    gh_terminal_is_connected(x->terminal))
		return GH_OK;
	return err;
}

enum gh_err terminal_command_update_user(struct terminal_execution *x)
{
	union model_record record;
	const struct person *p = (const struct person *)&record;
	struct gh_user u;
	char pin[GH_PIN_SIZE];
	enum gh_err err = terminal_command_record(x, &record);

	if (err == GH_OK)
		err = terminal_command_pin(x, p->pin, pin);
	if (err == GH_OK && model_has(p, PERSON_verify_mode) && p->verify_mode > 255)
		err = terminal_refuse(x, GH_EINVALID, "Verify is not a number up to 255");
	if (err)
		return err;
	err = gh_terminal_user_get(x->terminal, pin, &u);
	if (err == GH_ENOTFOUND) {
		u = (struct gh_user){ .group = 1 };
		memcpy(u.pin, pin, sizeof(pin));
		err = GH_OK;
	}
	if (err == GH_OK)
		err = user_merge(x, p, &u);
	if (err == GH_OK)
		err = gh_terminal_user_set(x->terminal, &u);
	if (err == GH_OK && model_has(p, PERSON_verify_mode))
		err = people_verify_set(x, p->verify_mode, u.uid);
	return err;
}

enum gh_err terminal_command_delete_user(struct terminal_execution *x)
{
	char pin[GH_PIN_SIZE];
	enum gh_err err = terminal_command_pin(x, terminal_argument(x, ARGUMENT_pin), pin);

	return err ? err : gh_terminal_user_delete(x->terminal, pin);
}
