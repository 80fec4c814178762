/* Whether bytes have the form of a JPEG picture (ITU-T T.81, annex B): its markers and their lengths up to the end
 * of the picture. What lies between them is not decoded. */
#ifndef GH_BASE_JPEG_H
#define GH_BASE_JPEG_H

#include "base/slice.h"

enum jpeg_form {
	JPEG_WHOLE, /* something may follow its end */
	JPEG_CUT,   /* the bytes end before the picture does */
	JPEG_NONE,  /* it is no JPEG, or none from some marker on */
};

/* Reads each byte at most once, and allocates nothing. */
enum jpeg_form ghi_jpeg_form(gh_slice s);

#endif
