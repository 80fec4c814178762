/* What a device reports of itself, for its view: its model, and how full it is. */
#ifndef GH_API_DEVICE_REPORT_H
#define GH_API_DEVICE_REPORT_H

#include "api/device_view.h"

/* How full its log is, in percent, by its own count and the room it reports; -1: not known. */
int64_t device_log_used(const struct device_view *v);

/* Add its model and capacity, as its options, its registration and the summary of its polls have them; `a` keeps the
 * texts. A maximum is given where its unit is known: of terminals, of biometric types, and of a log that was compared
 * (QUIRKS Q20). Errors of the store. */
GH_MUST_CHECK enum gh_err device_report_read(struct device_view *v, const struct store_ops *ops,
					     struct store_reader *reader, struct arena *a);

#endif
