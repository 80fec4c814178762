/* What a device can take of people's templates and pictures (core/sync/device_bio.h), read from the store: its options,
 * the summary of its polls, and of an access unit what it registered. */
#ifndef GH_CORE_DEVICE_BIO_READ_H
#define GH_CORE_DEVICE_BIO_READ_H

#include "core/devices.h"
#include "core/sync/device_bio.h"
#include "store/store.h"

/* Texts that are needed meanwhile are in `a`. Errors of the store. */
GH_MUST_CHECK enum gh_err device_bio_read(const struct store_ops *ops,
					  struct store_reader *reader, struct device *d,
					  struct arena *a, struct device_bio *out);

#endif
