/* Make a device send again everything it still stores. */
#ifndef GH_CORE_RESEND_H
#define GH_CORE_RESEND_H

#include "core/commands.h"

/* Delete every mark of the device, so that its next handshake gives 0, whatever it uploads before,
 * and queue the
 * CHECK that makes it request them (Attendance PUSH 2020-03, 5 and 12.3.1; for some firmware the only
 * way, QUIRKS Q19). What is in the ledger already is recognised. Once the marks are stored, the command is
 * queued, if not now then later (devices_resend_due). `done` as of command_queue(); GH_EBUSY, GH_ENOMEM at
 * once. */
GH_MUST_CHECK enum gh_err device_resend(struct server *server, struct device *d,
					gh_slice requested_by, command_queued_fn *done,
					void *ctx);

/* About once a second: do so for each approved device of a store that was restored (store/maintenance.h),
 * and for those whose marks are gone and whose CHECK was not queued: the program was killed in between, or
 * the store refused it. Those that are left, because the queue is full, or they are not approved, follow. */
void devices_resend_due(struct server *server);

#endif
