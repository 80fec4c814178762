/* The datagram that makes a device poll at once (PUSH SDK 2013, 3.2.4, note 1): five letters to UDP port 4374. The
 * document has no more of it: no end of a line, no number, no answer. Whether access units take it is
 * unverified; their document does not mention it. */
#ifndef GH_WIRE_PUSH_WAKE_H
#define GH_WIRE_PUSH_WAKE_H

#include "base/slice.h"

#define GHI_WAKE_PORT 4374
#define GHI_WAKE_TEXT GH_LIT("R-CMD")

/* Whether a datagram is one; what stands behind the letters, as the end of a line, is ignored. */
static inline bool ghi_wake_is(gh_slice datagram)
{
	return datagram.n >= GHI_WAKE_TEXT.n &&
	       memcmp(datagram.p, GHI_WAKE_TEXT.p, GHI_WAKE_TEXT.n) == 0;
}

#endif
