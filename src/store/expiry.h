/* What is removed for its age; see store.h. */
#ifndef GH_STORE_EXPIRY_H
#define GH_STORE_EXPIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_kept {
#define STORE_KEPT_ROW(NAME, word) KEPT_##NAME,
#include "store/expiry.def"
#undef STORE_KEPT_ROW
	STORE_KEPT
};

/* "uploads" …, lasting. */
const char *store_kept_word(enum store_kept what);

/* A piece of going through the rows in the order of their numbers. */
struct store_expiry {
	enum store_kept what;
	int64_t before_ms; /* what came, or ended, before this time is removed */
	int64_t after; /* the number of the last row looked at, `reached` of the piece before */
	size_t limit;  /* rows to look at */
	int64_t now_ms;	 /* KEPT_PUNCHES, KEPT_ACCESS: what came later than this did not */
	int64_t reached; /* results */
	size_t removed;
	int64_t floor; /* the same: the number of the last one that was ever removed */
	bool more;     /* rows old enough may follow */
};

#endif
