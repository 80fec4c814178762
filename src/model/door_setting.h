/* Settings of a door (door_setting.def). */
#ifndef GH_MODEL_DOOR_SETTING_H
#define GH_MODEL_DOOR_SETTING_H

#include <stddef.h>
#include <stdint.h>

#include "model/field.h"

enum door_setting_kind {
	DOOR_SETTING_NUMBER,
	DOOR_SETTING_SWITCH,
	DOOR_SETTING_TURNED,
	DOOR_SETTING_RULE,
	DOOR_SETTING_SECRET,
	DOOR_SETTING_MODE,
};

#define DOOR_SETTING_ABSENT MODEL_NO_VALUE

enum door_setting_id {
#define DOOR_SETTING(member, json, wire, KIND, TYPE, flags, least, most, about) \
	DOOR_SET_##member,
#include "model/door_setting.def"
#undef DOOR_SETTING
	DOOR_SETTINGS
};

struct door_setting_of {
	const char *name; /* of the API */
	const char *wire; /* "": never sent */
	enum door_setting_kind kind;
};

extern const struct door_setting_of door_settings[DOOR_SETTINGS];

#endif
