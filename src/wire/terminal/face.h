/* Face templates: what the device keeps for a user comes as one opaque run; iFace models make
 * it of entries of a size of their own (terminal digest 7). */
#ifndef GH_WIRE_TERMINAL_FACE_H
#define GH_WIRE_TERMINAL_FACE_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum {
	GHI_TERMINAL_FACE_ENTRY = 2576, /* iFace (pyzk 259) */
	GHI_TERMINAL_FACE_HEAD = 6,
	GHI_TERMINAL_FACE_ALL = 50, /* "every face of the user" in the request */
};

struct ghi_terminal_face {
	uint16_t uid;
	uint8_t index, valid;
	gh_slice data; /* borrowed, without the padding */
};

/* Take one entry off the front of *rest. false: nothing left, or not made of such entries
 * (whole entries, sizes that fit, one uid). */
bool ghi_terminal_face_next(gh_slice *rest, struct ghi_terminal_face *out);
void ghi_terminal_face_write(struct ghi_writer *w, const struct ghi_terminal_face *f);

#endif
