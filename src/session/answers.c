/* devicecmd: the results of commands (Attendance PUSH 2020-03, 13). */
#include "session/answers.h"
#include "base/number.h"
#include "base/percent.h"
#include "core/commands.h"
#include "wire/push/answer.h"

#define ANSWERS_MAX 1024 /* a reply offers at most 200 */

struct answers {
	struct command_answer *answer;
	size_t n;
};

/* It needs commands that name the unit they are for; from now on it gets these (11.14). */
#define RETURN_NEEDS_UNIT (-801)

static void answers_format_note(struct exchange *x, const struct answers *all)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_command_format),
				     .access.command_format = 1 };

	for (size_t i = 0; i < all->n; i++) {
		if (all->answer[i].return_code != RETURN_NEEDS_UNIT ||
		    device_dialect(x->device) != DEVICE_ACCESS)
			continue;
		/* On a full queue the next of its answers does it. */
		if (device_change(x->server, x->device, &change, NULL, NULL) == GH_OK)
			LOG(x->server->log, LOG_INFO, "unit needs commands that name it",
			    { "sn", x->sn });
		return;
	}
}

static void answers_stored(struct exchange *x)
{
	const struct answers *all = x->state;

	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	answers_format_note(x, all);
	command_verdicts_report(x->server, x->device, all->answer, all->n);
	exchange_ok(x);
}

/* Room for what each answer refused; NULL: no memory. */
static struct answers *answers_new(struct arena *a, struct command_answer *answer, size_t n)
{
	struct answers *all = ghi_arena_alloc(a, sizeof(*all));
	struct command_verdict *verdict = ghi_arena_alloc(a, n * sizeof(*verdict));

	if (all == NULL || verdict == NULL)
		return NULL;
	memset(verdict, 0, n * sizeof(*verdict));
	for (size_t i = 0; i < n; i++)
		answer[i].verdict = &verdict[i];
	*all = (struct answers){ answer, n };
	return all;
}

/* Some firmware puts the result into the query (QUIRKS Q35). */
static gh_slice answers_text(struct exchange *x)
{
	gh_slice body = x->body;

	if (body.n || !exchange_has_param(x, "ID"))
		return body;
	uint8_t *to = ghi_arena_alloc(x->arena, x->target.query.n);
	if (to == NULL)
		return (gh_slice){ 0 };
	gh_slice query = ghi_percent_decode(x->target.query, to);
	for (gh_slice at = query; at.n; at = gh_slice_from(at, 1))
		if (gh_slice_istarts(at, GH_LIT("ID=")) && (at.p == query.p || at.p[-1] == '&'))
			return at;
	return query;
}

static int64_t answer_id(gh_slice text)
{
	uint64_t id;

	return ghi_number_parse(text, INT64_MAX, &id) == GH_OK ? (int64_t)id : 0;
}

/* The unit behind a main controller that executed it (Security PUSH 3.1.2, 7.4). */
static gh_slice answer_unit(const struct exchange *x, gh_slice sn)
{
	return device_dialect(x->device) != DEVICE_ACCESS || gh_slice_eq(sn, x->sn)
		       ? (gh_slice){ 0 }
		       : sn;
}

void answers_serve(struct exchange *x)
{
	struct arena *a = x->arena;
	gh_slice in = answers_text(x);
	struct command_answer *answer = NULL;
	size_t n = 0, room = 0;

	for (;;) {
		struct ghi_answer one;
		enum gh_err err = ghi_answer_next(&in, &one);

		if (err == GH_ENOTFOUND || n == ANSWERS_MAX)
			break;
		if (err || !one.has_return)
			continue;
		if (n == room) {
			struct command_answer *grown;

			room = room ? room * 4 : 4;
			grown = ghi_arena_alloc(a, room * sizeof(*grown));
			if (grown == NULL) {
				exchange_store_failed(x, GH_ENOMEM);
				return;
			}
			if (n)
				memcpy(grown, answer, n * sizeof(*grown));
			answer = grown;
		}
		answer[n++] = (struct command_answer){ .id = answer_id(one.id),
						       .return_code = one.return_code,
						       .result = one.rest,
						       .sub_serial = answer_unit(x, one.sn),
						       .elsewhere = x->verdict.elsewhere };
	}
	if (n == 0) {
		exchange_ok(x);
		return;
	}
	x->state = answers_new(a, answer, n);
	if (x->state == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	x->next = answers_stored;
	enum gh_err err = command_answers(x->server, x->device, answer, n, exchange_done, x);
	if (err)
		exchange_store_failed(x, err);
}
