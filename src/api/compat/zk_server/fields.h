/* The names the predecessor zk_server gave to fields. Its clients read them, so every answer of
 * the API has them beside ours: these tables are ours with the older names after them. */
#ifndef GH_API_COMPAT_ZK_SERVER_FIELDS_H
#define GH_API_COMPAT_ZK_SERVER_FIELDS_H

#include "render/field.h"

/* Rows as those of punch_fields, device_fields, command_fields and the fields of a person
 * and of a template. */
extern const struct fields zk_server_punch_fields, zk_server_device_fields,
	zk_server_command_fields, zk_server_user_fields, zk_server_template_fields;

/* Our word for a state that it had a word of its own for; other words as they are. */
gh_slice zk_server_word(gh_slice word);

#endif
