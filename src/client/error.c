/* Failures as a caller can act on them: what was attempted, expected, answered. */
#include <stdio.h>
#include <string.h>

#include "client/handle.h"
#include "wire/terminal/code.h"

static void error_describe(struct gh_terminal_error *e, const char *text, const char *unit)
{
	char more[96] = "";

	if (e->expected || e->got)
		snprintf(more, sizeof(more), " (expected %llu %s, got %llu)",
			 (unsigned long long)e->expected, unit, (unsigned long long)e->got);
	else if (e->reply)
		snprintf(more, sizeof(more), " (command %u, reply %u)", e->command, e->reply);
	else if (e->system)
		snprintf(more, sizeof(more), " (%s)", strerror(e->system));
	snprintf(e->text, sizeof(e->text), "cannot %s: %s%s",
		 e->attempted ? e->attempted : "do this", text ? text : gh_strerror(e->err),
		 more);
}

static struct gh_terminal_error *error_reset(struct gh_terminal *t, enum gh_err err)
{
	t->error = (struct gh_terminal_error){ .err = err, .attempted = t->attempt };
	return &t->error;
}

enum gh_err ghi_call_fail(struct gh_terminal *t, enum gh_err err, const char *text)
{
	return ghi_call_fail_at(t, err, 0, 0, text);
}

enum gh_err ghi_call_fail_at(struct gh_terminal *t, enum gh_err err, uint64_t expected,
			     uint64_t got, const char *text)
{
	struct gh_terminal_error *e = error_reset(t, err);

	e->expected = expected;
	e->got = got;
	if (err == GH_EIO || err == GH_ECLOSED || err == GH_EUNREACHABLE)
		e->system = t->transport.system;
	error_describe(e, text, "bytes");
	return err;
}

enum gh_err ghi_call_fail_short(struct gh_terminal *t, uint64_t expected, uint64_t got,
				const char *text)
{
	struct gh_terminal_error *e = error_reset(t, GH_ETRUNCATED);

	e->expected = expected;
	e->got = got;
	error_describe(e, text, "records");
	return GH_ETRUNCATED;
}

enum gh_err ghi_call_fail_reply(struct gh_terminal *t, enum gh_err err, uint16_t command,
				uint16_t reply)
{
	struct gh_terminal_error *e = error_reset(t, err);
	const char *text = ghi_terminal_reply_text(reply);

	e->command = command;
	e->reply = reply;
	error_describe(e, text ? text : "the device answered with a code of its own", "");
	return err;
}

enum gh_err ghi_call_fail_fault(struct gh_terminal *t, const struct ghi_terminal_fault *f)
{
	struct gh_terminal_error *e = error_reset(t, f->err);

	e->command = f->command;
	e->reply = f->code;
	e->expected = f->expected;
	e->got = f->got;
	if (f->err == GH_ECLOSED)
		e->system = t->transport.system;
	error_describe(e, f->text ? f->text : ghi_terminal_reply_text(f->code), "bytes");
	return f->err;
}

const struct gh_terminal_error *gh_terminal_error(const struct gh_terminal *t)
{
	return &t->error;
}

const char *gh_terminal_command_name(uint16_t command)
{
	return ghi_terminal_command_name(command);
}

const char *gh_terminal_reply_text(uint16_t reply)
{
	return ghi_terminal_reply_text(reply);
}

const char *gh_terminal_oplog_text(unsigned op)
{
	return ghi_terminal_oplog_text(op);
}

const char *gh_terminal_voice_text(unsigned voice)
{
	static const char *const text[] = {
#define GH_VOICE(index, meaning) [index] = meaning,
#include <gatehouse/terminal_voice.def>
#undef GH_VOICE
	};

	return voice < sizeof(text) / sizeof(text[0]) ? text[voice] : NULL;
}

const char *gh_terminal_privilege_text(unsigned privilege)
{
	switch (privilege & GH_PRIVILEGE_LEVEL) {
	case GH_PRIVILEGE_USER:
		return "user";
	case GH_PRIVILEGE_ENROLLER:
		return "enroller";
	case GH_PRIVILEGE_MANAGER:
		return "manager";
	case GH_PRIVILEGE_ADMIN:
		return "admin";
	default:
		return NULL;
	}
}
