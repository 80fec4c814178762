/* A setting of an attendance device: documents name it and its values, or the device reports one of that name; others
 * are sent where `force` is given. Words go as they are. */
#include "api/call.h"
#include "api/command_reading.h"
#include "model/clock_option.h"

struct option_search {
	struct arena *arena;
	gh_slice name;
	struct suggestion near;
	bool found;
};

static bool option_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct option_search *s = ctx;

	(void)device;
	(void)value;
	s->found |= gh_slice_ieq(key, s->name);
	suggestion_offer(&s->near, ghi_arena_copy(s->arena, key));
	return !s->found;
}

/* Whether the device reports a setting of that name. */
static bool option_is_reported(struct reading *r, struct option_search *s)
{
	struct call *c = r->q->call;

	return c->reader &&
	       c->server->db.ops->options_read(c->reader, device_id(r->q->order[r->i].device),
					       option_see, s) == GH_OK &&
	       s->found;
}

static void option_refuse_unknown(struct reading *r, struct option_search *s)
{
	const struct clock_option *o;

	for (size_t i = 0; (o = clock_option_at(i)); i++)
		suggestion_offer(&s->near, gh_slice_of(o->name));
	order_refuse(r, ERROR_field_invalid, "name",
		     "is no setting that documents name or the device reports%s%.*s%s; with "
		     "\"force\" it is sent",
		     s->near.best.n ? ", did you mean \"" : "", GH_FMT(s->near.best),
		     s->near.best.n ? "\"?" : "");
}

void order_check_setting(struct reading *r)
{
	const struct command_order *o = &r->q->order[r->i];
	struct option_search search = { 0 };
	const struct clock_option *option;
	char why[COMMAND_WHY];
	gh_slice value;
	int64_t force = 0;

	if (o->request.kind != COMMAND_KIND_SET_OPTION || device_is_terminal(o->device) ||
	    body_find(r->body, GH_LIT("command")) ||
	    (command_argument_number(o->request.arguments, ARGUMENT_force, &force) && force) ||
	    !command_argument(o->request.arguments, ARGUMENT_name, &search.name) ||
	    !command_argument(o->request.arguments, ARGUMENT_value, &value))
		return;
	search.arena = call_arena(r->q->call);
	search.near = suggestion_for(search.name);
	option = clock_option_find(search.name);
	if (option == NULL && !option_is_reported(r, &search))
		option_refuse_unknown(r, &search);
	else if (option && clock_option_check(option, value, why))
		order_refuse(r, ERROR_field_invalid, "value",
			     "of %s %s; with \"force\" it is sent as it is", option->name, why);
}
