/* Users and their templates in one buffer for SAVE_USERTEMPS (terminal digest 11): head, users,
 * table, templates. */
#ifndef GH_WIRE_TERMINAL_UPLOAD_H
#define GH_WIRE_TERMINAL_UPLOAD_H

#include <gatehouse/terminal_record.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum {
	GHI_TERMINAL_UPLOAD_PIECE = 1024, /* data of one DATA packet */
	GHI_TERMINAL_UPLOAD_HEAD = 12,
	GHI_TERMINAL_UPLOAD_ENTRY = 8, /* of the table */
};

/* Bytes of the whole buffer; templates are those with size > 0. */
size_t ghi_terminal_upload_size(size_t users, size_t user_size, const struct gh_template *t,
				size_t templates);

/* The buffer; user_size is 72 or 28. Templates name their user by uid. The writer's error is
 * that of ghi_terminal_user_write(), or GH_EINVALID for a finger that is not 0 to 9. */
void ghi_terminal_upload_write(struct ghi_writer *w, const struct gh_user *u, size_t users,
			       size_t user_size, const struct gh_template *t, size_t templates);

/* The data of SAVE_USERTEMPS itself. */
void ghi_terminal_upload_save_write(struct ghi_writer *w);

/* The device's side: the users, then the templates, in the order they stand in. */
struct ghi_terminal_upload {
	gh_slice users, table, templates;
	size_t user_size; /* 72 or 28 */
};
GH_MUST_CHECK enum gh_err ghi_terminal_upload_parse(gh_slice buffer,
						    struct ghi_terminal_upload *out);
/* false: no more. */
bool ghi_terminal_upload_next_user(struct ghi_terminal_upload *u, struct gh_user *out);
bool ghi_terminal_upload_next_template(struct ghi_terminal_upload *u, struct gh_template *out);

#endif
