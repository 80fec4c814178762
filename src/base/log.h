/* The log for the administrator: one line per event, to one stream. Values are pairs of key and
 * text, so the same call writes text or JSON. Values must contain no secrets; they are cut to
 * 200 bytes, and control characters are escaped. */
#ifndef GH_BASE_LOG_H
#define GH_BASE_LOG_H

#include <stdatomic.h>
#include <stdio.h>

#include "base/slice.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_LEVELS };

struct log {
	FILE *to;
	_Atomic int level; /* enum log_level; finer ones are dropped */
	bool json;
};

struct log_value {
	const char *key;
	gh_slice text;
};

/* "error", "warning", "info", "debug"; LOG_LEVELS when there is no such name. */
enum log_level log_level_of(const char *name);

/* Safe from any thread; log may be NULL. The list ends with a NULL key. */
void log_event(struct log *log, enum log_level level, const char *event,
	       const struct log_value *values);

/* LOG(log, LOG_INFO, "device approved", { "sn", sn }) */
#define LOG(log, level, event, ...) \
	log_event(log, level, event, (const struct log_value[]){ __VA_ARGS__, { 0 } })

#endif
