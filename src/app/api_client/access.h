/* Nouns of gatehouse access: kinds of what is decided about doors, each with the same verbs. */
#ifndef GH_APP_API_CLIENT_ACCESS_H
#define GH_APP_API_CLIENT_ACCESS_H

#include "app/api_client/noun.h"

/* The field that the first word of `add` is, by the path of the list. */
struct access_kind {
	const char *path, *first;
};

/* access_people.c: people, and what they have; ended by a row without a word. */
extern const struct noun access_people_nouns[];

/* access_doors.c: what is decided about single doors; ended by a row without a word. */
extern const struct noun access_door_nouns[];
extern const struct access_kind access_door_kinds[];
extern const size_t access_door_kinds_count;

int access_kind_show(struct cmd *c);
int access_kind_add(struct cmd *c);
int access_kind_set(struct cmd *c);
int access_kind_delete(struct cmd *c);

#define KIND_VERBS(url, body, columns_, shown, first, add, set, id)       \
	{ .word = "list",                                                 \
	  .args = "",                                                     \
	  .options = LIST_OPTIONS,                                        \
	  .help = "All there are",                                        \
	  .run = cmd_list,                                                \
	  .path = url,                                                    \
	  .columns = columns_ },                                          \
		{ .word = "show",                                         \
		  .args = "ID",                                           \
		  .least = 1,                                             \
		  .most = 1,                                              \
		  .options = "",                                          \
		  .help = "All of one",                                   \
		  .examples = id,                                         \
		  .run = access_kind_show,                                \
		  .path = url "/%s",                                      \
		  .columns = shown },                                     \
		{ .word = "add",                                          \
		  .args = first " KEY=VALUE...",                          \
		  .least = 1,                                             \
		  .most = -1,                                             \
		  .options = "",                                          \
		  .help = "Make one",                                     \
		  .fields = body "Request",                               \
		  .examples = add,                                        \
		  .run = access_kind_add,                                 \
		  .path = url,                                            \
		  .columns = shown },                                     \
		{ .word = "set",                                          \
		  .args = "ID KEY=VALUE...",                              \
		  .least = 2,                                             \
		  .most = -1,                                             \
		  .options = "",                                          \
		  .help = "Change one; what is not named stays as it is", \
		  .fields = body "Patch",                                 \
		  .examples = set,                                        \
		  .run = access_kind_set,                                 \
		  .path = url "/%s",                                      \
		  .columns = shown },                                     \
		{ .word = "delete",                                       \
		  .args = "ID...",                                        \
		  .least = 1,                                             \
		  .most = -1,                                             \
		  .options = "yes",                                       \
		  .help = "Delete them; what is in use is refused",       \
		  .examples = id " --yes",                                \
		  .run = access_kind_delete,                              \
		  .method = "DELETE",                                     \
		  .path = url "/%s",                                      \
		  .done = "deleted" },                                    \
	{                                                                 \
		0                                                         \
	}

#endif
