#include "base/err.h"

static const char *const text[GH_IX_COUNT] = {
	[GH_IX_OK] = "success",
#define GH_ERR(name, msg) [GH_IX_##name] = msg,
#include <gatehouse/error.def>
#undef GH_ERR
};

const char *gh_strerror(enum gh_err err)
{
	int ix = -(int)err;

	return ix >= 0 && ix < GH_IX_COUNT ? text[ix] : "unknown error";
}
