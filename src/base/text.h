/* Character sets of names and messages: UTF-8, and GB18030 (which contains GB2312 and GBK)
 * on older units (Attendance PUSH 2020-03, 1.2; QUIRKS Q28). */
#ifndef GH_BASE_TEXT_H
#define GH_BASE_TEXT_H

#include "base/err.h"
#include "base/slice.h"

bool text_is_utf8(gh_slice s);

/* Convert from GB18030. The result is on the heap, the caller frees out->p.
 * GH_EMALFORMED: not GB18030. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err text_from_gb18030(gh_slice s, gh_slice *out);
GH_MUST_CHECK enum gh_err text_to_gb18030(gh_slice s, gh_slice *out);

#endif
