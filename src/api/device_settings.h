/* What a body changes of a device: the settings of device_setting.def, tags, addTags, removeTags, zoneSince. */
#ifndef GH_API_DEVICE_SETTINGS_H
#define GH_API_DEVICE_SETTINGS_H

#include "api/call.h"

struct device_settings {
	struct device_row change; /* texts are borrowed from the call */
	struct device_tags_change tags;
	bool tagged;	 /* `tags` was given */
	ghi_civil since; /* derive what it sent from then on again; GHI_CIVIL_NONE: nothing */
};

/* Whether the token and the kind of device permit them and their values make sense; sets s->since.
 * False: answered. */
bool device_settings_check(struct call *c, struct device *d, struct device_settings *s);
/* Read the others from the call's body. False: no memory; answered. */
bool device_settings_read(struct call *c, struct device_settings *s);

#endif
