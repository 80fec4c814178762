#include <stdio.h>

#include "store/store.h"

const char *store_stream_name(enum store_stream s)
{
	static const char *const name[STORE_STREAMS] = {
#define STORE_STREAM(NAME, name, table) [STREAM_##NAME] = name,
#include "store/stream.def"
#undef STORE_STREAM
	};

	return name[s];
}

const char *store_stream_table(enum store_stream s)
{
	static const char *const of[STORE_STREAMS] = {
#define STORE_STREAM(NAME, name, table) [STREAM_##NAME] = table,
#include "store/stream.def"
#undef STORE_STREAM
	};

	return of[s];
}

enum gh_err store_open(gh_slice url, struct store_handle *out, char *why, size_t why_size)
{
	static const struct store_ops *const backends[] = {
		&store_sqlite,
#ifdef GH_HAVE_POSTGRES
		&store_postgres,
#endif
	};
	gh_slice scheme, rest;

	if (gh_slice_cut(url, ':', &scheme, &rest))
		for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
			struct store_handle h = { .ops = backends[i] };

			if (!gh_slice_eq(scheme, gh_slice_of(h.ops->scheme)))
				continue;
			enum gh_err err = h.ops->open(url, &h.store, why, why_size);

			if (err == GH_OK)
				*out = h;
			return err;
		}
#ifndef GH_HAVE_POSTGRES
	if (gh_slice_starts(url, GH_LIT("postgres:"))) {
		snprintf(why, why_size, "this build of gatehouse has no PostgreSQL");
		return GH_EUNSUPPORTED;
	}
#endif
	snprintf(why, why_size,
		 "no such store: \"%.*s\" (known are sqlite:PATH and postgres://…)",
		 GH_FMT(url));
	return GH_EINVALID;
}

void store_close(struct store_handle *h)
{
	if (h->store)
		h->ops->close(h->store);
	*h = (struct store_handle){ 0 };
}
