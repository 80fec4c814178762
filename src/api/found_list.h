/* Terminals that a search found, as a list. A row is a struct terminal_found. */
#ifndef GH_API_FOUND_LIST_H
#define GH_API_FOUND_LIST_H

#include "api/memory_list.h"
#include "core/terminals.h"

extern const struct memory_source found_source;
/* A row is a struct terminal_found. */
extern const struct fields found_fields;

/* What was found, counted: the reply may be sent after the search has ended. */
struct found_list;

/* NULL: no memory. */
struct found_list *found_list_new(const struct terminal_found *row, size_t n);
struct found_list *found_list_ref(struct found_list *f); /* NULL is fine */
void found_list_unref(struct found_list *f);

#endif
