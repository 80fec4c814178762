/* Sub-controllers, by whose main controller they reach the server: rows of DeviceAuthorize, which the main
 * one uploads at its start and when one changes, and a server writes to authorise one (Security PUSH 3.1.2,
 * 5). No capture of this is public. */
#ifndef GH_WIRE_ACCESS_SUB_H
#define GH_WIRE_ACCESS_SUB_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

#define GHI_SUB_TABLE "DeviceAuthorize"

/* IsAuthorize: how far a sub-controller is. */
enum ghi_sub_step {
	GHI_SUB_WAITS,	    /* it announces itself */
	GHI_SUB_REGISTERS,  /* it may describe itself */
	GHI_SUB_AUTHORISED, /* it takes commands */
	GHI_SUB_STEPS
};

struct ghi_sub {
	gh_slice sn;
	bool online;
	enum ghi_sub_step step;
	gh_slice brief;	       /* AuthorizeInfo: a short description, before it is authorised */
	gh_slice registration; /* RegisterInfo: as the body of a registration (4.4) */
};

/* A row of an upload, with or without the name of the table before it, which firmware may glue to the first
 * key. Text is borrowed. GH_EMALFORMED: it names no sub-controller, or a number in it is none. */
GH_MUST_CHECK enum gh_err ghi_sub_parse(gh_slice line, struct ghi_sub *out);

/* The same, with the name. GH_EMALFORMED in w->err for text that would not read back. */
void ghi_sub_write(struct ghi_writer *w, const struct ghi_sub *s);

#endif
