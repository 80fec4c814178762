/* Access control units (DeviceType=acc). Not served yet: each of their requests is refused, so
 * that they keep what they have. The dialect's functions will live in this folder. */
#ifndef GH_SESSION_ACCESS_H
#define GH_SESSION_ACCESS_H

#include "session/dialect.h"

extern const struct dialect access_dialect;

#endif
