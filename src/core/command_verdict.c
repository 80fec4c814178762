/* What devices refuse of people: a problem, so that it is seen where no program waits for the answer. */
#include <stdio.h>

#include "core/command_job.h"
#include "core/command_words.h"
#include "core/problems.h"
#include "model/person_state.h"
#include "model/record.h"

static bool kind_is_of_people(enum command_kind kind)
{
	enum model_kind_id record = command_kind_row(kind)->record;

	return record == KIND_PERSON || record == KIND_TEMPLATE || record == KIND_PHOTO ||
	       kind == COMMAND_KIND_DELETE_PERSON || kind == COMMAND_KIND_END_STAY;
}

void command_verdict_set(struct command_verdict *verdict, const struct command *c)
{
	gh_slice arguments = c->arguments, name, value;

	if (verdict == NULL || c->state != COMMAND_FAILED || !kind_is_of_people(c->kind))
		return;
	verdict->refused = true;
	verdict->kind = c->kind;
	while (command_argument_next(&arguments, &name, &value))
		if (gh_slice_eq(name, GH_LIT("pin")))
			snprintf(verdict->pin, sizeof(verdict->pin), "%.*s",
				 value.n > 31 ? 31 : (int)value.n, (const char *)value.p);
}

void command_verdicts_report(struct server *server, struct device *d,
			     const struct command_answer *answer, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct command_verdict *v = answer[i].verdict;
		const char *meaning, *remedy;

		if (v == NULL || !v->refused)
			continue;
		meaning = command_words_of(device_dialect(d))
				  ->meaning(v->kind, answer[i].return_code);
		remedy = person_remedy(answer[i].return_code);
		problem_raise(server, PROBLEM_PERSON_REFUSED, device_sn(d),
			      "%s of PIN %s: returned %lld%s%s. %s",
			      command_kind_row(v->kind)->name, v->pin,
			      (long long)answer[i].return_code, meaning ? ", " : "",
			      meaning ? meaning : "", remedy ? remedy : "");
	}
}
