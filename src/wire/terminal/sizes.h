/* GET_FREE_SIZES: an array of counters, 80, 92 or 112 bytes (terminal digest 6.4). */
#ifndef GH_WIRE_TERMINAL_SIZES_H
#define GH_WIRE_TERMINAL_SIZES_H

#include <gatehouse/terminal_record.h>

#include "base/slice.h"
#include "base/writer.h"

/* All counters that the reply contains; the others are -1. A reply of less than 80 bytes (one
 * dword on small Wi-Fi platforms, 13.9) contains none. */
void ghi_terminal_sizes_parse(gh_slice data, struct gh_counters *out);

/* The reply of 80 or 92 bytes; unknown counters are written as zero. */
void ghi_terminal_sizes_write(struct ghi_writer *w, const struct gh_counters *c, bool faces);

#endif
