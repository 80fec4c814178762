/* Bytes that belong to another owner. A slice never frees and is never NUL-terminated. */
#ifndef GH_BASE_SLICE_H
#define GH_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	const uint8_t *p;
	size_t n;
} gh_slice;

#define GH_LIT(s) ((gh_slice){ (const uint8_t *)(s), sizeof(s) - 1 })

/* printf("%.*s", GH_FMT(s)) */
#define GH_FMT(s) (int)(s).n, (const char *)(s).p

static inline gh_slice gh_slice_of(const char *text)
{
	return (gh_slice){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

static inline bool gh_slice_eq(gh_slice a, gh_slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline uint8_t gh_ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Equal when ASCII letters are compared without case. */
static inline bool gh_slice_ieq(gh_slice a, gh_slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (gh_ascii_lower(a.p[i]) != gh_ascii_lower(b.p[i]))
			return false;
	return true;
}

static inline bool gh_slice_starts(gh_slice s, gh_slice prefix)
{
	return s.n >= prefix.n && gh_slice_eq((gh_slice){ s.p, prefix.n }, prefix);
}

static inline bool gh_slice_istarts(gh_slice s, gh_slice prefix)
{
	return s.n >= prefix.n && gh_slice_ieq((gh_slice){ s.p, prefix.n }, prefix);
}

/* s without its first n bytes; n may not exceed s.n. */
static inline gh_slice gh_slice_from(gh_slice s, size_t n)
{
	return (gh_slice){ n ? s.p + n : s.p, s.n - n }; /* p may be NULL */
}

static inline gh_slice gh_slice_trim(gh_slice s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n'))
		s = gh_slice_from(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r' ||
		       s.p[s.n - 1] == '\n'))
		s.n--;
	return s;
}

/* Cut at the first `sep`. *rest starts after it; it is empty when there is none; the result is
 * whether there was one. head and rest may alias the variable `in` was copied from. */
static inline bool gh_slice_cut(gh_slice in, uint8_t sep, gh_slice *head, gh_slice *rest)
{
	const uint8_t *at = in.n ? memchr(in.p, sep, in.n) : NULL;

	if (at == NULL) {
		*head = in;
		*rest = (gh_slice){ 0 };
		return false;
	}
	*head = (gh_slice){ in.p, (size_t)(at - in.p) };
	*rest = (gh_slice){ at + 1, in.n - head->n - 1 };
	return true;
}

#endif
