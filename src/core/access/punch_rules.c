#include "core/access/punch_rules.h"

#define RULES_MEMORY ((size_t)1 << 20) /* of a device's row */

static void rules_read(gh_slice text, struct punch_rules *out)
{
	const char *why;

	if (punch_rules_parse(text, out, &why))
		*out = (struct punch_rules){ 0 };
}

enum gh_err punch_rules_of(struct server *server, struct device *d,
			   struct punch_rules_of_device *out)
{
	const char *of_server = server->settings->access_punches;
	struct arena a = ghi_arena_with_limit(RULES_MEMORY);
	struct device_row row = { 0 };
	bool failed;

	device_row(d, &a, &row);
	rules_read(row.access.access_punches, &out->device);
	rules_read(gh_slice_of(of_server ? of_server : ""), &out->server);
	failed = a.failed;
	ghi_arena_clear(&a);
	return failed ? GH_ENOMEM : GH_OK;
}
