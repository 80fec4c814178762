/* Options are text, "name=value" (terminal digest 12). */
#ifndef GH_WIRE_TERMINAL_OPTION_H
#define GH_WIRE_TERMINAL_OPTION_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* The value in the reply to a read of `name`, borrowed: after the first '=', before the first
 * NUL; further '=' belong to it. GH_ENOTFOUND: the reply is empty, or is "name=" without a
 * value. GH_EMALFORMED: it is about another name. */
GH_MUST_CHECK enum gh_err ghi_terminal_option_parse(gh_slice reply, gh_slice name,
						    gh_slice *value);

/* "name=value" and NUL: the request of a write and the reply to a read. The writer's error is
 * GH_EINVALID where name is empty or contains '=', or either contains NUL. */
void ghi_terminal_option_write(struct ghi_writer *w, gh_slice name, gh_slice value);

/* The device's side: split a write. false: there is no '='. */
bool ghi_terminal_option_split(gh_slice request, gh_slice *name, gh_slice *value);

#endif
