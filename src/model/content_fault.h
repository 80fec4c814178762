/* What is wrong with an uploaded template, picture or identity card, as far as that shows without its maker's
 * algorithm. It is stored all the same, with the word of its fault: a device that is refused repeats for ever. */
#ifndef GH_MODEL_CONTENT_FAULT_H
#define GH_MODEL_CONTENT_FAULT_H

#include "model/kind.h"

enum content_fault {
	CONTENT_SOUND,
	CONTENT_SIZE, /* the size the device gave is another one; of some firmware it often is (QUIRKS Q26) */
	CONTENT_CUT,	/* a JPEG picture without its end */
	CONTENT_FORMAT, /* a picture that is no JPEG */
	CONTENT_BASE64, /* a text that is not base64 */
	CONTENT_FAULTS
};

/* The word that is stored; that of CONTENT_SOUND is empty. */
gh_slice content_fault_word(enum content_fault f);

/* Of a record as it is stored: templates as base64 without blanks, pictures decoded. A size may be that of the text
 * or of the bytes it stands for: the documents have the former for templates and pictures in lines, the latter for
 * pictures of punches (Attendance PUSH 2020-03, 11.3, 11.9 to 11.15), and devices mix them. */
enum content_fault content_fault_find(enum model_kind_id kind, const void *record);

/* Finds it and writes it into the record, where it has content, be it empty: CONTENT_SOUND ends an earlier one. Of an
 * identity card that is stored it does so only where none of the contents that are stored is missing in the record. */
enum content_fault content_fault_mark(enum model_kind_id kind, void *record);

#endif
