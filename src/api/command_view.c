#include "api/command_view.h"

#include "model/person_state.h"
#include "wire/push/command.h"

struct command_view command_view_of(const struct command *c)
{
	struct command_view v = { .command = *c };

	if (c->has_return)
		v.meaning = gh_slice_of(ghi_return_meaning(c->kind, c->return_code));
	if (c->has_return && c->state == COMMAND_FAILED)
		v.remedy = gh_slice_of(person_remedy(c->return_code));
	return v;
}
