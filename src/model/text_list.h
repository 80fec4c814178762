/* Lists that are stored in one column as JSON the server wrote itself: texts without quotation
 * marks, backslashes and control characters, and whole numbers. What is inside is checked by the code that
 * reads it. */
#ifndef GH_MODEL_TEXT_LIST_H
#define GH_MODEL_TEXT_LIST_H

#include "base/slice.h"

/* The next text in quotation marks; *name: it is the name of a member of an object. false: there is
 * none left. */
static inline bool text_list_next(gh_slice *rest, gh_slice *text, bool *name)
{
	gh_slice head, after;

	if (!gh_slice_cut(*rest, '"', &head, &after) || !gh_slice_cut(after, '"', text, &after))
		return false;
	*name = after.n && after.p[0] == ':';
	*rest = after;
	return true;
}

/* The next whole number; false: there is none left. *first: it is the first of a list. */
static inline bool number_list_next(gh_slice *rest, int64_t *n, bool *first)
{
	*first = false;
	while (rest->n && (rest->p[0] < '0' || rest->p[0] > '9')) {
		if (rest->p[0] == '[')
			*first = true;
		*rest = gh_slice_from(*rest, 1);
	}
	if (rest->n == 0)
		return false;
	*n = 0;
	while (rest->n && rest->p[0] >= '0' && rest->p[0] <= '9' && *n < INT64_MAX / 10 - 9) {
		*n = *n * 10 + rest->p[0] - '0';
		*rest = gh_slice_from(*rest, 1);
	}
	return true;
}

#endif
