/* Attendance photos, table=ATTPHOTO: header lines, NUL, picture (Attendance PUSH 2020-03,
 * 11.3 and 11.8; PUSH SDK 2013, 3.2.3-3; QUIRKS Q29). */
#ifndef GH_WIRE_ATTENDANCE_ATTPHOTO_H
#define GH_WIRE_ATTENDANCE_ATTPHOTO_H

#include "base/civil_time.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

struct ghi_attphoto {
	gh_slice name;	  /* the PIN= line: "20080225120821-982.jpg" */
	gh_slice sn, cmd; /* cmd is uploadphoto or realupload */
	int64_t size;	  /* as declared; -1 when absent */
	ghi_civil time;	  /* from the name; GHI_CIVIL_NONE when it has none */
	gh_slice pin;	  /* from the name; empty when verification failed */
	int64_t result;	  /* identity card photos: 0 to 4; -1 otherwise */
	gh_slice id_number;
	gh_slice content; /* the picture as sent, raw or base64 */
	bool base64;	  /* content is base64 text */
};

/* Borrowed from body. GH_EMALFORMED: no PIN line, or no picture. GH_ETOOBIG: a picture over 8
 * MiB. **reason is set. */
GH_MUST_CHECK enum gh_err ghi_attphoto_parse(gh_slice body, struct ghi_attphoto *out,
					     const char **reason);
void ghi_attphoto_write(struct ghi_writer *w, const struct ghi_attphoto *photo);

#endif
