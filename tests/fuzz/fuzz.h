/* What the fuzz targets share. A target asserts properties with check(): a failure aborts, in
 * libFuzzer and in the replay alike. */
#ifndef GH_TESTS_FUZZ_H
#define GH_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(property)                                                                \
	do {                                                                           \
		if (!(property)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #property); \
			abort();                                                       \
		}                                                                      \
	} while (0)

/* Empty, or within `in`. */
static inline bool fuzz_inside(gh_slice s, gh_slice in)
{
	return s.n == 0 || (s.p >= in.p && s.n <= in.n && (size_t)(s.p - in.p) <= in.n - s.n);
}

/* The same bytes with a CR before each LF that has none. The caller frees out->p. */
static inline gh_slice with_crlf(gh_slice s)
{
	uint8_t *p = malloc(2 * s.n + 1);
	size_t n = 0;

	check(p);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			p[n++] = '\r';
		p[n++] = s.p[i];
	}
	return (gh_slice){ p, n };
}

/* Equal when CRs are passed over. */
static inline bool same_but_cr(gh_slice a, gh_slice b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.n && a.p[i] == '\r')
			i++;
		while (k < b.n && b.p[k] == '\r')
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (a.p[i++] != b.p[k++])
			return false;
	}
}

static inline void fuzz_release(gh_slice s)
{
	free((void *)(uintptr_t)s.p);
}

#endif
