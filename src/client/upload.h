/* Data sent to the device in pieces, and the command that makes use of it. */
#ifndef GH_CLIENT_UPLOAD_H
#define GH_CLIENT_UPLOAD_H

#include "client/handle.h"

/* FREE_DATA, PREPARE_DATA, DATA in pieces, CHECKSUM_BUFFER where requested, the command,
 * FREE_DATA, REFRESHDATA. The device stores nothing before the command, so when a piece is lost
 * over UDP everything is sent again. */
GH_MUST_CHECK enum gh_err ghi_upload(struct gh_terminal *t, gh_slice buffer, bool checksum,
				     uint16_t command, gh_slice data);

#endif
