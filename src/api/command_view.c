#include "api/command_view.h"

#include "api/command_content.h"
#include "core/command_words.h"
#include "core/devices.h"
#include "model/person_state.h"

static enum device_dialect command_dialect(struct server *server, const struct command *c)
{
	struct device *d = devices_find(server->devices, c->serial);
	enum device_dialect dialect = d ? device_dialect(d) : DEVICE_DIALECTS;

	device_unref(d);
	return dialect;
}

/* A file is not part of the command itself: its beginning is at the most, and only where `bytes` are to be shown. */
static void command_content_show(struct command_view *v, bool bytes)
{
	struct command_content content = command_content_of(&v->command);
	size_t head;

	if (!content.there)
		return;
	v->has_content = true;
	v->content_bytes = (int64_t)content.bytes.n;
	if (content.fault)
		v->content_fault = gh_slice_of(content.fault);
	head = (size_t)(content.bytes.p - v->command.result.p);
	if (!bytes)
		v->command.result.n = head;
	else if (content.bytes.n > COMMAND_RESULT_SHOWN)
		v->command.result.n = head + COMMAND_RESULT_SHOWN;
}

/* Of one that waits to be fetched. */
static int64_t command_expected_ms(struct server *server, const struct command *c)
{
	struct device *d;
	int64_t next_ms = 0;

	if (!command_is_open(c->state))
		return 0;
	d = devices_find(server->devices, c->serial);
	if (d)
		next_ms = device_next_contact_ms(server, d);
	device_unref(d);
	return next_ms;
}

/* No request for the result is documented (Security PUSH 3.1.2, 7.4): a device that loses it never sends it. */
static gh_slice command_meaning(enum device_dialect dialect, const struct command *c)
{
	if (c->state == COMMAND_DEFERRED)
		return GH_LIT(
			"put off: its result is to follow and has not come yet. It cannot be "
			"requested; without it the command ends at expiresAt");
	return gh_slice_of(command_words_of(dialect)->meaning(c->kind, c->return_code));
}

struct command_view command_view_of(struct server *server, const struct command *c,
				    uint32_t scopes)
{
	struct command_view v = { .command = *c };
	enum device_dialect dialect;

	v.title_n = command_title(c, v.title_room).n;
	v.expected_ms = command_expected_ms(server, c);
	if (!c->has_return)
		return v;
	command_content_show(&v, token_scopes_hold(scopes, TOKEN_ADMIN));
	dialect = command_dialect(server, c);
	v.meaning = command_meaning(dialect, c);
	if (c->state == COMMAND_FAILED && dialect != DEVICE_ACCESS)
		v.remedy = gh_slice_of(person_remedy(c->return_code));
	return v;
}
