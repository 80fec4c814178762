/* The lines of an upload, one at a time. Ends are LF or CR LF; blank lines are passed over. */
#ifndef GH_WIRE_PUSH_LINES_H
#define GH_WIRE_PUSH_LINES_H

#include "base/slice.h"

struct ghi_lines {
	gh_slice in;
	size_t at;	/* offset of the next line */
	int64_t number; /* of the line given last, from 1 */
	size_t start;	/* its offset */
};
static inline struct ghi_lines ghi_lines_of(gh_slice body)
{
	return (struct ghi_lines){ .in = body };
}
/* false: no more. */
bool ghi_lines_next(struct ghi_lines *l, gh_slice *line);

#endif
