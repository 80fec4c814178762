/* Card numbers as people write them. Devices have forms of their own (Security PUSH 3.1.2, 9.1.1 user
 * and mulcarduser); stored is the number in decimal. */
#ifndef GH_MODEL_CARD_H
#define GH_MODEL_CARD_H

#include "base/err.h"
#include "base/slice.h"

#define CARD_TEXT 20 /* digits of the largest number of 64 bits */

/* "123456789", or "0x75BCD15"; not 0, at most 64 bits. GH_EMALFORMED otherwise. */
GH_MUST_CHECK enum gh_err card_read(gh_slice text, uint64_t *out);

#endif
