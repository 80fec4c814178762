/* Assertions on slices. Include after tests.h. */
#ifndef GH_TESTS_SLICES_H
#define GH_TESTS_SLICES_H

#include <stdlib.h>

#include "base/slice.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Text and length, so that NUL bytes count. */
#define assert_slice(got, want) assert_slice_at((got), (want), __FILE__, __LINE__)

static inline void assert_slice_at(gh_slice got, gh_slice want, const char *file, int line)
{
	if (gh_slice_eq(got, want))
		return;
	print_error("got  \"%.*s\"\nwant \"%.*s\"\n", GH_FMT(got), GH_FMT(want));
	_fail(file, line);
}

#define assert_text(got, want) assert_slice((got), gh_slice_of(want))

/* The text in a block of its own size, so that a sanitizer sees a read beyond its end. */
static inline gh_slice exact_copy(gh_slice s)
{
	uint8_t *p = malloc(s.n ? s.n : 1);

	assert_non_null(p);
	if (s.n)
		memcpy(p, s.p, s.n);
	return (gh_slice){ p, s.n };
}

static inline void exact_free(gh_slice s)
{
	free((void *)(uintptr_t)s.p);
}

#endif
