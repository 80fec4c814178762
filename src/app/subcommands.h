/* The subcommands. Each gets its own word as argv[0] and returns the exit status. */
#ifndef GH_APP_SUBCOMMANDS_H
#define GH_APP_SUBCOMMANDS_H

#define SUBCOMMAND(word, run, help) int run(int argc, char **argv);
#include "app/subcommand.def"
#undef SUBCOMMAND

#endif
