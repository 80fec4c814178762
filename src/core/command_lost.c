/* Commands whose reply may not have arrived, or whose device restarted. */
#include <stdlib.h>

#include "core/command_confirm.h"
#include "core/command_job.h"
#include "core/server_clock.h"

enum lost_cause { LOST_UNDELIVERED, LOST_WITHDRAWN, LOST_RESTARTED, LOST_UNWRITABLE };

static const char *const lost_why[] = {
	[LOST_UNDELIVERED] = "the reply broke off",
	[LOST_WITHDRAWN] = "not begun",
	[LOST_RESTARTED] = "the device restarted",
	[LOST_UNWRITABLE] = "it cannot be written in the words of the device",
};

struct lost_job {
	struct command_job base;
	enum lost_cause cause;
	bool unit;	      /* of the access dialect */
	int64_t newest_given; /* with what a unit had put off: the newest order after that, or 0 */
	size_t n;	      /* 0: all that it has taken */
	int64_t ids[];
};

static bool gather_sent(void *ctx, const struct command *c)
{
	return c->state != COMMAND_SENT || command_list_add(ctx, c);
}

/* What a unit has put off is lost with its power, too: no result would ever come. The handshakes of other devices are
 * no loss of power: one follows each CHECK. */
static bool gather_taken(void *ctx, const struct command *c)
{
	return c->state == COMMAND_QUEUED || command_list_add(ctx, c);
}

static bool lost_is_named(const struct lost_job *j, int64_t id)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->ids[i] == id)
			return true;
	return j->n == 0;
}

/* What a unit installs may be why it restarted: the result is still to come. */
static bool deferred_stays(const struct command *c)
{
	return c->state == COMMAND_DEFERRED &&
	       (c->kind == COMMAND_KIND_UPGRADE || c->kind == COMMAND_KIND_UPGRADE_FILE);
}

/* Given again, it would undo what the unit was given after it. */
static bool deferred_is_overtaken(const struct lost_job *j, const struct command *c)
{
	return c->state == COMMAND_DEFERRED && c->verified_ms == 0 && c->id < j->newest_given;
}

/* Before any is moved. */
static enum gh_err lost_newest_read(struct lost_job *j, const struct store_ops *ops,
				    struct store *s, const struct command_list *l)
{
	j->newest_given = 0;
	for (const struct command_item *at = l->first; at; at = at->next)
		if (at->command.state == COMMAND_DEFERRED)
			return ops->command_newest_given(s, at->command.device, at->command.id,
							 &j->newest_given);
	return GH_OK;
}

static enum gh_err lost_move(struct lost_job *j, const struct store_ops *ops, struct store *s,
			     struct command *c)
{
	enum command_input in = command_job_unanswered(&j->base, c, COMMAND_LOST);
	gh_slice why = gh_slice_of(lost_why[j->cause]);

	if (j->cause == LOST_WITHDRAWN) {
		in = COMMAND_LOST;
		c->tries--;
	} else if (j->cause == LOST_RESTARTED && command_repeat(c->kind) == REPEAT_HANDSHAKE) {
		in = COMMAND_SUCCESS;
		c->result = why;
	} else if (j->cause == LOST_UNWRITABLE) {
		in = COMMAND_REFUSAL;
		c->result = why;
	} else if (deferred_is_overtaken(j, c)) {
		in = COMMAND_UNANSWERED;
	}
	return command_job_move(&j->base, ops, s, c, in, why);
}

static enum gh_err lost_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct lost_job *j = (struct lost_job *)job;
	struct command_list l;

	command_list_init(&l);
	command_job_begin(&j->base);
	enum gh_err err = ops->commands_open(
		s, j->base.device->id,
		j->cause == LOST_RESTARTED && j->unit ? gather_taken : gather_sent, &l);
	if (err == GH_OK)
		err = l.err;
	if (err == GH_OK)
		err = lost_newest_read(j, ops, s, &l);
	for (struct command_item *at = l.first; at && err == GH_OK; at = at->next)
		if (lost_is_named(j, at->command.id) && !deferred_stays(&at->command))
			err = lost_move(j, ops, s, &at->command);
	command_list_clear(&l);
	return err;
}

static void lost_done(struct store_job *job, enum gh_err err)
{
	struct lost_job *j = (struct lost_job *)job;

	command_job_end(&j->base, err);
	command_offer_at(j->base.device, 0);
	device_unref(j->base.device);
	free(j);
}

static void lost_put(struct server *server, struct device *d, const int64_t *ids, size_t n,
		     enum lost_cause cause)
{
	struct lost_job *j = calloc(1, sizeof(*j) + n * sizeof(*ids));

	/* A failure here only costs time: the retry offers them again. */
	if (j == NULL)
		return;
	j->base = (struct command_job){
		.job = { .run = lost_run, .done = lost_done },
		.server = server,
		.device = device_ref(d),
		.now_ms = server_steady_ms(server),
	};
	j->cause = cause;
	j->unit = device_dialect(d) == DEVICE_ACCESS;
	j->n = n;
	if (n)
		memcpy(j->ids, ids, n * sizeof(*ids));
	if (store_put(server->queue, &j->base.job)) {
		device_unref(d);
		free(j);
	}
}

void command_undelivered(struct server *server, struct device *d, const int64_t *ids, size_t n)
{
	if (n)
		lost_put(server, d, ids, n, LOST_UNDELIVERED);
}

void command_withdraw(struct server *server, struct device *d, const int64_t *ids, size_t n)
{
	if (n == 0)
		return;
	command_confirm_withdraw(d, ids, n);
	lost_put(server, d, ids, n, LOST_WITHDRAWN);
}

void command_unwritable(struct server *server, struct device *d, int64_t id)
{
	lost_put(server, d, &id, 1, LOST_UNWRITABLE);
}

void command_device_restarted(struct server *server, struct device *d)
{
	if (device_commands(d))
		lost_put(server, d, NULL, 0, LOST_RESTARTED);
}
