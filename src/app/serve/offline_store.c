#include "app/serve/offline_store.h"

#include <glib.h>
#include <stdio.h>

#include "base/clock.h"

bool offline_begin(struct offline *o, const char *data)
{
	char *lock = g_build_filename(data, "gatehouse.lock", NULL);
	bool was_served = g_file_test(lock, G_FILE_TEST_EXISTS);

	g_free(lock);
	*o = (struct offline){ .data = { .lock = -1 } };
	return was_served && data_dir_open(&o->data, data, o->why, sizeof(o->why));
}

int offline_settings(struct offline *o)
{
	char *argv[] = { (char *)(uintptr_t) "serve", (char *)(uintptr_t) "--data",
			 (char *)(uintptr_t)o->data.path, NULL };

	return settings_parse(&o->settings, 3, argv);
}

bool offline_open(struct offline *o)
{
	static const struct store_queue_limits limits = {
		.jobs = 16, .bytes = 1 << 20, .group_jobs = 16, .group_bytes = 1 << 20
	};
	const char *url = setting_text(&o->settings, SETTING_STORE);
	char *path = g_strdup_printf("sqlite:%s/gatehouse.db", o->data.path);
	enum gh_err err = store_open(gh_slice_of(*url ? url : path), &o->server.db, o->why,
				     sizeof(o->why));

	g_free(path);
	if (err)
		return false;
	o->server.now_ms = ghi_clock_wall_ms;
	err = store_queue_open(&o->server.db, limits, &o->server.queue);
	if (err == GH_OK)
		err = tokens_open(&o->server, &o->tokens);
	if (err)
		snprintf(o->why, sizeof(o->why), "cannot read the store: %s", gh_strerror(err));
	return err == GH_OK;
}

void offline_close(struct offline *o)
{
	if (o->server.queue)
		store_queue_close(o->server.queue);
	tokens_close(o->tokens);
	if (o->server.db.ops)
		store_close(&o->server.db);
	data_dir_close(&o->data);
	settings_clear(&o->settings);
}
