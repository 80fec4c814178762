/* What a device and the server have in common of each biometric type (Attendance PUSH 2020-03, 3.1, 5, 8; appendix
 * 10). */
#ifndef GH_API_BIOMETRIC_VIEW_H
#define GH_API_BIOMETRIC_VIEW_H

#include "api/call.h"
#include "base/json.h"

/* The member "biometrics" of a device: a row for each type that the server takes, or the device reports. */
enum gh_err biometric_view_write(struct call *c, struct json *j, struct device *d);

#endif
