/* How a door is set, for the handlers that show doors. */
#ifndef GH_API_ACCESS_DOOR_SETTINGS_H
#define GH_API_ACCESS_DOOR_SETTINGS_H

#include "base/json.h"
#include "store/store.h"

/* The member "settings": an object, or null where nothing is decided about the door. Errors of the store. */
GH_MUST_CHECK enum gh_err door_settings_show(const struct store_ops *ops,
					     struct store_reader *reader, gh_slice sn,
					     int64_t number, struct json *j);

#endif
