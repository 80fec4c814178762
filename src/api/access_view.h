/* What an access unit registered, decoded, as the API shows it. */
#ifndef GH_API_ACCESS_VIEW_H
#define GH_API_ACCESS_VIEW_H

#include "base/json.h"
#include "model/device.h"

/* The member "access": null where the device registered nothing. Values of secret parameters are hidden. */
void access_view_write(struct json *j, const struct device_row *row);

/* Words of the enumerations in it, for the document; NULL after the last. */
const char *access_role_word(size_t i);
const char *access_registration_word(size_t i);

#endif
