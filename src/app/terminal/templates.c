/* All templates of a device, also where its firmware has no table of them. */
#include <glib.h>
#include <string.h>

#include "app/terminal/terminal.h"

struct slot {
	char pin[GH_PIN_SIZE];
	uint16_t uid;
};

/* **none: the firmware has no such table, or does not answer the request. */
static enum gh_err from_table(struct terminal *c, terminal_take_template *take, void *context,
			      bool *none)
{
	struct gh_terminal_templates *it;
	struct gh_template t;
	enum gh_err err = gh_terminal_templates_open(c->device, &it);

	*none = terminal_is_refusal(err) || err == GH_ETIMEOUT;
	if (err)
		return err;
	while ((err = gh_terminal_templates_next(it, &t)) == GH_OK && take(context, &t))
		terminal_progress(c, "reading the templates");
	gh_terminal_templates_close(it);
	return err == GH_EEND ? GH_OK : err;
}

static enum gh_err templates_slots_read(struct terminal *c, GArray *to)
{
	struct gh_terminal_users *it;
	struct gh_user u;
	enum gh_err err = gh_terminal_users_open(c->device, &it);

	if (err)
		return err;
	while ((err = gh_terminal_users_next(it, &u)) == GH_OK) {
		struct slot slot = { .uid = u.uid };

		memcpy(slot.pin, u.pin, sizeof(slot.pin));
		g_array_append_val(to, slot);
	}
	gh_terminal_users_close(it);
	return err == GH_EEND ? GH_OK : err;
}

static enum gh_err templates_one_by_one(struct terminal *c, const GArray *slots,
					terminal_take_template *take, void *context)
{
	struct gh_template t;

	for (guint i = 0; i < slots->len * GH_FINGERS; i++) {
		const struct slot *slot = &g_array_index(slots, struct slot, i / GH_FINGERS);
		enum gh_err err =
			gh_terminal_template_get_uid(c->device, slot->uid, i % GH_FINGERS, &t);

		terminal_progress_count(c, "reading finger by finger", i,
					slots->len * GH_FINGERS);
		if (err == GH_ENOTFOUND)
			continue;
		if (err)
			return err;
		memcpy(t.pin, slot->pin, sizeof(t.pin));
		if (!take(context, &t))
			break;
	}
	return GH_OK;
}

enum gh_err terminal_each_template(struct terminal *c, terminal_take_template *take,
				   void *context)
{
	bool none;
	enum gh_err err = from_table(c, take, context, &none);
	GArray *slots;

	if (!none)
		return err;
	slots = g_array_new(FALSE, FALSE, sizeof(struct slot));
	err = templates_slots_read(c, slots);
	if (err == GH_OK)
		err = templates_one_by_one(c, slots, take, context);
	g_array_free(slots, TRUE);
	return err;
}
