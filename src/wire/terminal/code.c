#include "wire/terminal/code.h"

struct command {
	uint16_t code;
	bool repeatable;
	const char *name, *text;
};

enum { COMMAND_R = 1, COMMAND_0 = 0 };

static const struct command commands[] = {
#define GH_COMMAND(name, code, flags, text) { code, COMMAND_##flags, #name, text },
#include <gatehouse/terminal_command.def>
#undef GH_COMMAND
};

static const struct {
	uint16_t code;
	enum gh_err err;
	const char *name, *text;
} replies[] = {
#define GH_EOK GH_OK
#define GH_REPLY(name, code, err, text) { code, GH_E##err, #name, text },
#include <gatehouse/terminal_reply.def>
#undef GH_REPLY
#undef GH_EOK
};

static const struct command *code_find_command(uint16_t code)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

const char *ghi_terminal_command_name(uint16_t code)
{
	const struct command *c = code_find_command(code);

	return c ? c->name : NULL;
}

const char *ghi_terminal_command_text(uint16_t code)
{
	const struct command *c = code_find_command(code);

	return c ? c->text : NULL;
}

bool ghi_terminal_repeatable(uint16_t code)
{
	const struct command *c = code_find_command(code);

	return c && c->repeatable;
}

static int code_find_reply(uint16_t code)
{
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
		if (replies[i].code == code)
			return (int)i;
	return -1;
}

const char *ghi_terminal_reply_name(uint16_t code)
{
	int i = code_find_reply(code);

	return i < 0 ? NULL : replies[i].name;
}

const char *ghi_terminal_reply_text(uint16_t code)
{
	int i = code_find_reply(code);

	return i < 0 ? NULL : replies[i].text;
}

enum gh_err ghi_terminal_reply_err(uint16_t code)
{
	int i = code_find_reply(code);

	return i < 0 ? GH_EDENIED : replies[i].err;
}

const char *ghi_terminal_oplog_text(unsigned op)
{
	static const char *const text[] = {
#define GH_OPLOG(code, meaning) [code] = meaning,
#include <gatehouse/terminal_oplog.def>
#undef GH_OPLOG
	};

	return op < sizeof(text) / sizeof(text[0]) ? text[op] : NULL;
}
