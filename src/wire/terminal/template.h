/* Fingerprint templates: entries of the bulk table and the rests that single reads carry
 * (terminal digest 8.3). The template's own bytes are opaque. */
#ifndef GH_WIRE_TERMINAL_TEMPLATE_H
#define GH_WIRE_TERMINAL_TEMPLATE_H

#include <gatehouse/terminal_record.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum {
	GHI_TERMINAL_TEMPLATE_HEAD = 6, /* size, uid, finger, flag */
	GHI_TERMINAL_TEMPLATE_MAX = 65535 - GHI_TERMINAL_TEMPLATE_HEAD,
};

/* One whole entry of the table; out->data is borrowed from it. GH_EMALFORMED. */
GH_MUST_CHECK enum gh_err ghi_terminal_template_parse(gh_slice entry, struct gh_template *out);
void ghi_terminal_template_write(struct ghi_writer *w, const struct gh_template *t);

/* Cut what a single read (commands 9 and 88) carries beyond the template: v10 templates contain
 * their length; otherwise one last byte where `flagged` (command 88), then six zeros. */
gh_slice ghi_terminal_template_trim(gh_slice data, bool flagged);

#endif
