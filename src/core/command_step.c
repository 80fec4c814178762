#include "core/command_step.h"

static const struct {
	enum command_state from;
	enum command_input in;
	enum command_state to;
} edge[] = {
#define EDGE(from, in, to) { COMMAND_##from, COMMAND_##in, COMMAND_##to },
#include "core/command_edge.def"
#undef EDGE
};

enum gh_err command_step(enum command_state *state, enum command_input in)
{
	for (size_t i = 0; i < sizeof(edge) / sizeof(edge[0]); i++) {
		if (edge[i].from == *state && edge[i].in == in) {
			*state = edge[i].to;
			return GH_OK;
		}
	}
	return GH_ESTATE;
}
