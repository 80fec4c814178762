#include "base/slice.h"
#include "wire/push/command.h"

struct return_row {
	const char *context;
	bool above; /* stands for every code above zero */
	int32_t code;
	bool done;
	const char *meaning;
};

static const struct return_row row[] = {
#define GHI_RETURN(context, code, done, meaning) { context, false, code, done, meaning },
#define GHI_RETURN_ABOVE(context, done, meaning) { context, true, 0, done, meaning },
#include "wire/push/return_code.def"
#undef GHI_RETURN
#undef GHI_RETURN_ABOVE
};

static const struct return_row *find(gh_slice context, int64_t code)
{
	const struct return_row *above = NULL;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (!gh_slice_eq(context, gh_slice_of(row[i].context)))
			continue;
		if (row[i].above && code > 0)
			above = &row[i];
		else if (!row[i].above && row[i].code == code)
			return &row[i];
	}
	return above;
}

static const struct return_row *row_of(gh_slice command_text, int64_t code)
{
	const struct ghi_command_fact *fact = ghi_command_fact(command_text);
	const struct return_row *own = NULL;

	if (fact && fact->codes[0] != '\0')
		own = find(gh_slice_of(fact->codes), code);
	return own ? own : find(GH_LIT(""), code);
}

const char *ghi_return_meaning(gh_slice command_text, int64_t code)
{
	const struct return_row *r = row_of(command_text, code);

	return r ? r->meaning : NULL;
}

bool ghi_return_success(gh_slice command_text, int64_t code)
{
	const struct return_row *r = row_of(command_text, code);

	/* A number above zero that no table explains is a count (QUIRKS Q36). */
	return r ? r->done : code > 0;
}
