/* What the bytes of photos are known by: each is stored once. */
#ifndef GH_STORE_PICTURE_H
#define GH_STORE_PICTURE_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define PICTURE_HASH_BYTES 32

/* The SHA-256 of a picture, for photo.content_hash: it takes time, which the store's thread has not. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err picture_hash(gh_slice content, uint8_t hash[PICTURE_HASH_BYTES]);

#endif
