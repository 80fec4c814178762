/* Access control units (DeviceType=acc). Not supported yet: each of their requests is refused,
 * so that they keep their data. The functions of the dialect belong in this folder. */
#ifndef GH_SESSION_ACCESS_H
#define GH_SESSION_ACCESS_H

#include "session/dialect.h"

extern const struct dialect access_dialect;

#endif
