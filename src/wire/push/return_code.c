#include "wire/push/command.h"

struct return_row {
	enum command_returns context;
	bool above; /* stands for every code above zero */
	int32_t code;
	bool done;
	const char *meaning;
};

static const struct return_row row[] = {
#define GHI_RETURN(context, code, done, meaning) \
	{ RETURNS_##context, false, code, done, meaning },
#define GHI_RETURN_ABOVE(context, done, meaning) { RETURNS_##context, true, 0, done, meaning },
#include "facts/return_code.def"
#undef GHI_RETURN
#undef GHI_RETURN_ABOVE
};

static const struct return_row *return_row_find(enum command_returns context, int64_t code)
{
	const struct return_row *above = NULL;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (row[i].context != context)
			continue;
		if (row[i].above && code > 0)
			above = &row[i];
		else if (!row[i].above && row[i].code == code)
			return &row[i];
	}
	return above;
}

static const struct return_row *return_row_of(enum command_kind kind, int64_t code)
{
	const struct return_row *own = return_row_find(command_kind_row(kind)->returns, code);

	return own ? own : return_row_find(RETURNS_GENERAL, code);
}

const char *ghi_return_meaning(enum command_kind kind, int64_t code)
{
	const struct return_row *r = return_row_of(kind, code);

	return r ? r->meaning : NULL;
}

bool ghi_return_success(enum command_kind kind, int64_t code)
{
	const struct return_row *r = return_row_of(kind, code);

	/* A number above zero that no table explains is a count (QUIRKS Q36). */
	return r ? r->done : code > 0;
}

const char *ghi_access_return_meaning(int64_t code)
{
	const struct return_row *r = return_row_find(RETURNS_ACCESS, code);

	return r ? r->meaning : NULL;
}

bool ghi_access_return_success(int64_t code)
{
	return code >= 0;
}
