/* Pictures in answers. */
#ifndef GH_API_PHOTO_H
#define GH_API_PHOTO_H

#include "base/slice.h"

/* The content type of a picture, by what it begins with, never by a name a device sent; NULL: it is none. Kinds that may
 * hold scripts (SVG) are none here. */
const char *picture_type(gh_slice s);

#endif
