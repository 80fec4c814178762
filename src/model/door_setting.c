#include "model/door_setting.h"

const struct door_setting_of door_settings[DOOR_SETTINGS] = {
#define DOOR_SETTING(member, json, wire, KIND, TYPE, flags, least, most, about) \
	{ json, wire, DOOR_SETTING_##KIND },
#include "model/door_setting.def"
#undef DOOR_SETTING
};
