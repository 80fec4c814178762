/* What a record of a line becomes before it is stored, of whichever dialect the line is. */
#ifndef GH_SESSION_UPLOAD_RECORD_H
#define GH_SESSION_UPLOAD_RECORD_H

#include "base/arena.h"
#include "model/device.h"
#include "model/kind.h"

/* Decoded base64, in `a`; {NULL,0} when it is not base64, or memory is exhausted. Only one copy is made: a
 * picture may be the whole body. */
gh_slice upload_base64_decode(gh_slice text, struct arena *a);

/* Convert the values of a line to the stored form: texts from the device's character set, templates
 * without blanks, pictures decoded, pairs of unknown keys copied, because they may lie in memory that the
 * next line uses. New bytes are in `a`; *unread is increased by the texts that could not be read. NULL: no
 * error; otherwise the reason. */
const char *upload_record_read(const struct device_row *row, enum model_kind_id kind,
			       union model_record *record, struct arena *a, size_t *unread);

#endif
