/* A portrait that shows no person: a grey JPEG of 8 by 8 tiles that differs from seed to seed. */
#ifndef GH_SIM_PICTURE_H
#define GH_SIM_PICTURE_H

#include "base/slice.h"

#include <stdint.h>

#define SIM_PICTURE_MIN 1024 /* bytes; the tiles take less, a comment fills up */

/* A whole file of exactly `size` bytes (SIM_PICTURE_MIN to 60000) into `to`. */
gh_slice sim_picture(uint64_t seed, uint8_t *to, size_t size);

#endif
