#include "core/command_enrolled.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/command_job.h"
#include "core/server_clock.h"

#define BROUGHT GH_LIT("brought ")
#define BROUGHT_TEXT 96
/* How long ago an order may have been queued: as long as it may wait, and as long as it may take. */
#define ORDER_MS (INT64_C(2) * 3600 * 1000)

struct enrolled_job {
	struct command_job base;
	struct arena arena;
	struct enrolled e[ENROLLED_MOST];
	size_t n;
	struct command_list list; /* latest first */
	struct command *tied[ENROLLED_MOST];
	size_t ties;
};

bool command_has_brought(gh_slice result)
{
	return gh_slice_starts(result, BROUGHT);
}

static bool enrolled_fits(const struct enrolled *e, const struct command *c)
{
	int64_t biotype = 1, no = 0;
	gh_slice pin;

	if (!command_argument(c->arguments, ARGUMENT_pin, &pin) || !gh_slice_eq(pin, e->pin))
		return false;
	if (c->kind == COMMAND_KIND_ENROLL_CARD)
		return e->is_card;
	if (c->kind == COMMAND_KIND_ENROLL_BIODATA)
		(void)command_argument_number(c->arguments, ARGUMENT_biotype, &biotype);
	else
		(void)command_argument_number(c->arguments, ARGUMENT_finger, &no);
	return !e->is_card && e->biotype == biotype &&
	       (c->kind == COMMAND_KIND_ENROLL_BIODATA || e->no == no);
}

/* It was given to the unit, and no data of it came yet. One whose reply broke off may have arrived all the same. */
static bool order_awaits(const struct command *c, int64_t now_ms)
{
	if (c->tries <= 0 || command_has_brought(c->result))
		return false;
	if (command_is_open(c->state))
		return true;
	return now_ms - c->done_ms <= ENROLLED_LATE_MS &&
	       (c->state == COMMAND_ACKNOWLEDGED || c->state == COMMAND_UNCERTAIN ||
		c->state == COMMAND_EXPIRED);
}

/* A unit enrols one after the other: first come those that have no answer yet, as they were given, then the latest
 * of the others. */
static bool order_before(const struct command *a, const struct command *b)
{
	bool open = command_is_open(a->state);

	if (open != command_is_open(b->state))
		return open;
	if (!open)
		return a->id > b->id;
	return a->sent_ms < b->sent_ms || (a->sent_ms == b->sent_ms && a->id < b->id);
}

static bool data_is_tied(const struct enrolled_job *j, const struct enrolled *e)
{
	for (size_t i = 0; i < j->ties; i++)
		if (enrolled_fits(e, j->tied[i]))
			return true;
	return false;
}

/* NULL: it is of none, or of one that other data of this upload is of. */
static struct command *enrolled_order(struct enrolled_job *j, const struct enrolled *e)
{
	struct command *found = NULL;

	if (data_is_tied(j, e))
		return NULL;

	for (struct command_item *at = j->list.first; at; at = at->next) {
		struct command *c = &at->command;

		if (enrolled_fits(e, c) && order_awaits(c, j->base.now_ms) &&
		    (found == NULL || order_before(c, found)))
			found = c;
	}
	return found;
}

/* Of all data that fits the same order. */
static void brought_write(const struct enrolled_job *j, const struct command *c,
			  char text[BROUGHT_TEXT])
{
	size_t cards = 0, templates = 0, photos = 0;

	for (size_t i = 0; i < j->n; i++) {
		bool fits = enrolled_fits(&j->e[i], c);

		cards += fits && j->e[i].is_card;
		templates += fits && !j->e[i].is_card;
		photos += fits && j->e[i].photo;
	}
	if (cards)
		snprintf(text, BROUGHT_TEXT, "brought a card");
	else
		snprintf(text, BROUGHT_TEXT, "brought %zu template%s%s", templates,
			 templates == 1 ? "" : "s", photos ? " and a photo" : "");
}

static enum gh_err order_tie(struct enrolled_job *j, const struct store_ops *ops,
			     struct store *s, struct command *c)
{
	char brought[BROUGHT_TEXT];
	gh_slice answer = c->result, detail;
	struct ghi_writer w;
	uint8_t *room = ghi_arena_alloc(&j->list.arena, BROUGHT_TEXT + answer.n + 2);

	if (room == NULL)
		return GH_ENOMEM;
	brought_write(j, c, brought);
	detail = gh_slice_of(brought);
	w = ghi_writer_on(room, BROUGHT_TEXT + answer.n + 2);
	ghi_put(&w, detail);
	if (c->has_return && answer.n) {
		ghi_put(&w, GH_LIT("; "));
		ghi_put(&w, answer);
	}
	c->result = ghi_written(&w);
	/* Its answer came before. */
	if (c->state == COMMAND_ACKNOWLEDGED)
		return ops->command_put(s, c, j->base.now_ms, detail);
	return command_job_move(&j->base, ops, s, c, COMMAND_SUCCESS, detail);
}

static bool enrolled_gather(void *ctx, const struct command *c)
{
	return command_list_add(ctx, c);
}

static enum gh_err enrolled_run(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	struct enrolled_job *j = (struct enrolled_job *)job;
	enum gh_err err;

	command_job_begin(&j->base);
	command_list_clear(&j->list);
	j->ties = 0;
	err = ops->commands_enrolling(s, j->base.device->id, j->base.now_ms - ORDER_MS,
				      enrolled_gather, &j->list);
	err = err ? err : j->list.err;
	for (size_t i = 0; i < j->n && err == GH_OK; i++) {
		struct command *c = enrolled_order(j, &j->e[i]);

		if (c == NULL)
			continue;
		err = order_tie(j, ops, s, c);
		j->tied[j->ties++] = c;
	}
	return err;
}

static void enrolled_done(struct store_job *job, enum gh_err err)
{
	struct enrolled_job *j = (struct enrolled_job *)job;
	struct device *d = j->base.device;

	command_job_end(&j->base, err);
	if (err == GH_OK && j->base.ended)
		command_offer_at(d, device_commands(d) ? 0 : DEVICE_NO_OFFER);
	device_unref(d);
	command_list_clear(&j->list);
	ghi_arena_clear(&j->arena);
	free(j);
}

void command_enrolled(struct server *server, struct device *d, const struct enrolled *e,
		      size_t n)
{
	struct enrolled_job *j = n ? calloc(1, sizeof(*j)) : NULL;

	if (j == NULL)
		return;
	j->base = (struct command_job){ .job = { .run = enrolled_run, .done = enrolled_done },
					.server = server,
					.device = device_ref(d),
					.now_ms = server_steady_ms(server) };
	command_list_init(&j->list);
	j->n = n < ENROLLED_MOST ? n : ENROLLED_MOST;
	for (size_t i = 0; i < j->n; i++) {
		j->e[i] = e[i];
		j->e[i].pin = ghi_arena_copy(&j->arena, e[i].pin);
	}
	if (j->arena.failed || store_put(server->queue, &j->base.job))
		enrolled_done(&j->base.job, GH_ENOMEM);
}
