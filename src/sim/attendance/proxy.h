/* Where a device calls: the server, or the HTTP proxy that its settings name (EnableProxyServer, ProxyServerIP,
 * ProxyServerPort: PUSH SDK 2013, 3.2.4-5). */
#ifndef GH_SIM_ATTENDANCE_PROXY_H
#define GH_SIM_ATTENDANCE_PROXY_H

#include "sim/attendance/device.h"

/* What it calls now. */
const struct sim_server *proxy_server(const struct sim_device *d);
/* Its settings become effective: RELOAD OPTIONS, or a start. A proxy that is off, or whose address is none, is not
 * used; nor is one of a fleet that calls through a proxy anyway. */
void proxy_choose(struct sim_device *d);
/* As sim_fleet_kind has it: what a device calls, and whether that is another since the last time. */
const struct sim_server *proxy_of_fleet(void *device, bool *changed);

#endif
