/* The codes of a registration: made once for a device, and kept. */
#ifndef GH_SESSION_ACCESS_CODE_H
#define GH_SESSION_ACCESS_CODE_H

#include "base/arena.h"
#include "base/slice.h"

/* 16 lower-case hexadecimal digits of random bytes (Security PUSH 3.1.2, 4.4: at most 32 bytes); 32 in
 * upper case. In `a`, which has failed where there is no memory or no randomness. */
gh_slice access_code_make(struct arena *a);
gh_slice access_session_make(struct arena *a);

#endif
