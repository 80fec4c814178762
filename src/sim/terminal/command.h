/* What a simulated terminal does with each request: a table of commands. */
#ifndef GH_SIM_TERMINAL_COMMAND_H
#define GH_SIM_TERMINAL_COMMAND_H

#include "sim/terminal/link.h"

typedef void term_handler(struct term_link *l, const struct ghi_terminal_frame *f);

/* Execute and answer, or refuse, or send nothing. */
void term_command(struct term_link *l, const struct ghi_terminal_frame *f);

#define TERM_COMMAND(NAME, handler, flags) term_handler term_##handler;
#include "sim/terminal/command.def"
#undef TERM_COMMAND

#endif
