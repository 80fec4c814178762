/* Numbers written in decimal. Only digits (and a leading minus where signed) are accepted: no
 * blanks, no plus, no empty text. */
#ifndef GH_BASE_NUMBER_H
#define GH_BASE_NUMBER_H

#include "base/err.h"
#include "base/slice.h"

/* *out is written only on success. GH_EMALFORMED: not a number. GH_ETOOBIG: above max. */
GH_MUST_CHECK enum gh_err ghi_number_parse(gh_slice s, uint64_t max, uint64_t *out);

/* The same with a sign; the range is [min, max]. */
GH_MUST_CHECK enum gh_err ghi_signed_parse(gh_slice s, int64_t min, int64_t max, int64_t *out);

#endif
