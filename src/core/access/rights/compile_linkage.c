/* Linkages: what an event makes a unit do by itself. */
#include <stdlib.h>

#include "core/access/rights/compiler.h"

#define LINKAGES_MOST 255 /* [I] */
#define SECONDS_MOST 255
#define RESERVED_CAMERA 2
#define ROW_TEXT 256
#define KEY_TEXT 24

/* Events of auxiliary inputs; their place is an input, that of all others a door. */
static bool event_of_input(int64_t event)
{
	return event == 220 || event == 221 || event == 225 || event == 226;
}

/* Whether there is number n of `most`; of an unknown number everything is there. */
static bool linkage_has(struct compiler *c, const struct site_linkage *l, int64_t n,
			int64_t most, const char *what)
{
	if (most < 0 || n <= most)
		return true;
	compiler_refuse(c, REFUSED_LINKAGE, l->id, "It names %s %lld, and the unit has %lld",
			what, (long long)n, (long long)most);
	return false;
}

static bool linkage_fits(struct compiler *c, const struct site_linkage *l)
{
	bool input = event_of_input(l->event);

	if (!linkage_has(c, l, l->place, input ? c->facts->aux_inputs : compiler_doors_most(c),
			 input ? "auxiliary input" : "door"))
		return false;
	if (l->output == LINKAGE_CAMERA) {
		if (!c->facts->cameras)
			compiler_refuse(c, REFUSED_LINKAGE, l->id,
					"The unit has no linkage to cameras");
		return c->facts->cameras;
	}
	return linkage_has(c, l, l->number,
			   l->output == LINKAGE_AUX ? c->facts->aux_outputs
						    : compiler_doors_most(c),
			   l->output == LINKAGE_AUX ? "auxiliary output" : "door");
}

static uint32_t linkage_time(const struct site_linkage *l)
{
	if (l->output != LINKAGE_CAMERA)
		return (uint32_t)l->seconds;
	return ghi_camera_action_pack((struct ghi_camera_action){
		.photo = 1, .video = l->seconds > 0, .after_s = (uint8_t)l->seconds });
}

static void linkage_write(struct compiler *c, const struct site_linkage *l, int64_t slot)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&k, slot);
	ghi_put(&w, GH_LIT("Index="));
	ghi_put_signed(&w, slot);
	ghi_put(&w, GH_LIT("\tEventType="));
	ghi_put_signed(&w, l->event);
	ghi_put(&w, GH_LIT("\tInAddr="));
	ghi_put_signed(&w, l->place);
	ghi_put(&w, GH_LIT("\tOutType="));
	ghi_put_decimal(&w, l->output);
	ghi_put(&w, GH_LIT("\tOutAddr="));
	ghi_put_signed(&w, l->output == LINKAGE_CAMERA ? 1 : l->number);
	ghi_put(&w, GH_LIT("\tOutTime="));
	ghi_put_decimal(&w, linkage_time(l));
	ghi_put(&w, GH_LIT("\tReserved="));
	ghi_put_decimal(&w, l->output == LINKAGE_CAMERA ? RESERVED_CAMERA : 0);
	compiler_row(c, UNIT_LINKAGE, &k, &w);
}

void compiler_linkages_write(struct compiler *c)
{
	size_t n = c->site->linkages;
	const void **at = compiler_ordered(c, c->site->linkage, n, sizeof(*c->site->linkage));

	for (size_t i = 0; at && i < n; i++) {
		const struct site_linkage *l = at[i];
		int64_t slot;

		if (!gh_slice_eq(l->sn, c->facts->sn) || !linkage_fits(c, l))
			continue;
		slot = compiler_slot(c, SLOT_LINKAGE, l->id, 0, LINKAGES_MOST);
		if (slot)
			linkage_write(c, l, slot);
		else
			compiler_refuse(c, REFUSED_LINKAGE, l->id, "The unit holds %d linkages",
					LINKAGES_MOST);
	}
	free(at);
}
