/* gatehouse terminal HOST enable, disable, restart, poweroff, unlock, lcd, voice */
#include "app/terminal/terminal.h"
#include "base/number.h"

static int control_end(struct terminal *c, enum gh_err err, const char *what)
{
	if (err)
		return terminal_failed(c);
	terminal_done(c, "%s", what);
	return TERMINAL_OK;
}

int terminal_enable(struct terminal *c)
{
	int end = terminal_open(c);

	return end ? end : control_end(c, gh_terminal_enable(c->device), "enabled");
}

int terminal_disable(struct terminal *c)
{
	int end = terminal_open(c);

	if (end)
		return end;
	end = control_end(c, gh_terminal_disable(c->device, 0),
			  "disabled, until it is enabled");
	if (end == TERMINAL_OK)
		gh_terminal_keep_disabled(c->device);
	return end;
}

int terminal_restart(struct terminal *c)
{
	int end = terminal_open(c);

	return end ? end : control_end(c, gh_terminal_restart(c->device), "it restarts");
}

int terminal_poweroff(struct terminal *c)
{
	int end = terminal_open(c);

	return end ? end : control_end(c, gh_terminal_poweroff(c->device), "it switches off");
}

int terminal_unlock(struct terminal *c)
{
	double seconds = 3;
	int end = TERMINAL_OK;

	if (c->argc)
		end = terminal_seconds(c->argv[0], "seconds", 6000, &seconds);
	if (end == TERMINAL_OK)
		end = terminal_open(c);
	return end ? end
		   : control_end(c,
				 gh_terminal_unlock(c->device, (uint32_t)(seconds * 10 + 0.5)),
				 "unlocked");
}

int terminal_lcd(struct terminal *c)
{
	int64_t line;
	int end;

	if (ghi_signed_parse(gh_slice_of(c->argv[0]), INT16_MIN, INT16_MAX, &line))
		return terminal_misuse("%s: a line of the screen is a number, from 0",
				       c->argv[0]);
	end = terminal_open(c);
	return end ? end
		   : control_end(c, gh_terminal_lcd_write(c->device, (int)line, c->argv[1]),
				 "written");
}

int terminal_voice(struct terminal *c)
{
	const char *text;
	uint64_t n;
	int end = terminal_number(c->argv[0], "a prompt", UINT16_MAX, &n);

	if (end == TERMINAL_OK)
		end = terminal_open(c);
	if (end)
		return end;
	text = gh_terminal_voice_text((unsigned)n);
	return control_end(c, gh_terminal_voice(c->device, (unsigned)n),
			   text ? text : "played, whatever it is");
}
