/* Names between the device's bytes and UTF-8. */
#ifndef GH_CLIENT_NAME_H
#define GH_CLIENT_NAME_H

#include <gatehouse/terminal.h>

/* Fill u->name from u->name_raw: UTF-8 as it is, else `encoding` (NULL: GB18030), else byte by
 * byte as Latin-1, so that nothing is lost and nothing is refused. A character cut in half at
 * the end of the field is left out. */
void ghi_name_decode(struct gh_user *u, const char *encoding);

/* Fill u->name_raw from u->name, at most `room` bytes. GH_ETOOBIG: it does not fit;
 * GH_EINVALID: not UTF-8, or `encoding` (NULL: UTF-8) lacks a character of it. */
GH_MUST_CHECK enum gh_err ghi_name_encode(struct gh_user *u, const char *encoding, size_t room);

#endif
