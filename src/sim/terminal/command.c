#include "sim/terminal/command.h"

enum { ALWAYS = 1, EARLY = 2 };

static const struct row {
	uint16_t code;
	uint8_t flags;
	term_handler *handler;
} rows[] = {
#define A EARLY
#define E ALWAYS
#define TERM_COMMAND(NAME, handler, flags) { GH_CMD_##NAME, flags, term_##handler },
#include "sim/terminal/command.def"
#undef TERM_COMMAND
#undef E
#undef A
};

static const struct row *row_of(uint16_t code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

/* The firmware lacks a command for good, not now and then. */
static bool command_is_missing(struct term_link *l, uint16_t code)
{
	const struct term_plan *p = l->device->plan;
	uint16_t permille = p->faults.permille[TERM_FAULT_UNSUPPORTED];

	if (permille == 0 || sim_hash(p->seed, code, 'X') % 1000 >= permille)
		return false;
	l->device->statistics->faults[TERM_FAULT_UNSUPPORTED]++;
	return true;
}

void term_command(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_statistics *a = l->device->statistics;
	const struct row *row = row_of(f->command);
	bool early = row && row->flags & EARLY;

	/* So events are acknowledged, and that is not answered. */
	if (f->command == GH_ACK_OK) {
		a->event_acks++;
		return;
	}
	term_statistics_count_request(a, f->command);
	l->reply = f->reply;
	if (!early && (l->stage != TERM_CONNECTED || f->session != l->session)) {
		a->unauthorised++;
		term_answer(l, GH_ACK_UNAUTH, (gh_slice){ 0 });
		return;
	}
	if (row == NULL || (!(row->flags & ALWAYS) && command_is_missing(l, f->command))) {
		a->refused++;
		term_answer(l, GH_ACK_UNKNOWN, (gh_slice){ 0 });
		return;
	}
	row->handler(l, f);
}
