/* The character set in which a device writes names and messages: that of its setting; GB18030 where
 * it reports Chinese as its language (Attendance PUSH 2020-03, 1.2; QUIRKS Q28). Without either only
 * UTF-8 is text. What is UTF-8 is never read as anything else. */
#ifndef GH_CORE_DEVICE_TEXT_H
#define GH_CORE_DEVICE_TEXT_H

#include "base/arena.h"
#include "core/devices.h"
#include "model/device.h"
#include "model/kind.h"
#include "model/record.h"

#define DEVICE_CHARSET 33 /* bytes of a name, and the NUL */

/* NULL: UTF-8, or not known. In `room`. */
const char *device_charset(const struct device_row *row, char room[DEVICE_CHARSET]);
/* Whether the setting may have that value. */
bool device_charset_valid(gh_slice charset);

/* UTF-8 of what a device wrote, in `a` where it is not the same; the bytes as they are where they
 * cannot be read. */
gh_slice device_text_read(const struct device_row *row, gh_slice bytes, struct arena *a);
/* The bytes of UTF-8 in the device's character set; the text as it is where that lacks a character. */
gh_slice device_text_write(const struct device_row *row, gh_slice text, struct arena *a);

/* A text of a record that is in the character set of its device, and the field of its bytes. */
struct own_text {
	uint8_t kind, text, bytes; /* enum model_kind_id, and fields of it */
};
#define OWN_TEXTS_MAX 16 /* of a kind */
/* Those of a kind; *n: how many there are. */
const struct own_text *device_own_texts(enum model_kind_id kind, size_t *n);

/* The texts of a record, as the device wrote it: the bytes of each are kept beside the text. The
 * result is how many could not be read. */
size_t device_record_read(const struct device_row *row, enum model_kind_id kind, void *record,
			  struct arena *a);

/* So many texts that it wrote just now could not be read: a problem, until its character set is set. */
void device_unread_judge(struct server *server, struct device *d, size_t texts);

#endif
