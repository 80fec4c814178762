/* Members the predecessor had in its answers besides the fields of a row. */
#ifndef GH_API_COMPAT_ZK_SERVER_MEMBERS_H
#define GH_API_COMPAT_ZK_SERVER_MEMBERS_H

#include "api/call.h"
#include "render/device.h"

/* "capabilities" of a device. */
void zk_server_capabilities_write(struct json *j, const struct device_view *v);
/* "query" of a list of punches: its parameters. */
void zk_server_query_write(const struct call *c, struct json *j);

#endif
