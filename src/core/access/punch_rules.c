#include "core/access/punch_rules.h"

#include "core/device_private.h"

static void rules_read(gh_slice text, struct punch_rules *out)
{
	const char *why;

	if (punch_rules_parse(text, out, &why))
		*out = (struct punch_rules){ 0 };
}

void punch_rules_of(struct server *server, struct device *d, struct punch_rules_of_device *out)
{
	const char *of_server = server->settings->access_punches;

	rules_read(gh_slice_of(of_server ? of_server : ""), &out->server);
	pthread_mutex_lock(&d->lock);
	rules_read(d->row.access.access_punches, &out->device);
	pthread_mutex_unlock(&d->lock);
}
