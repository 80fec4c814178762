/* Requests of a unit whether a person may pass, and their replies (Security PUSH 3.1.2, 10):
 * POST cdata?AuthType=device with one record. Both ends. */
#ifndef GH_WIRE_ACCESS_IDENTIFICATION_H
#define GH_WIRE_ACCESS_IDENTIFICATION_H

#include "wire/access/event.h"

/* What `eventaddr` of the record is a number of. */
enum ghi_address_type {
	GHI_ADDRESS_DEVICE = 1,
	GHI_ADDRESS_DOOR = 2,
	GHI_ADDRESS_READER = 3,
	GHI_ADDRESS_AUX_IN = 4,
	GHI_ADDRESS_AUX_OUT = 5,
};

struct ghi_identification {
	gh_slice record; /* as sent, without its line end */
	struct access_event event;
	int64_t address_type; /* ACCESS_ABSENT: it was not sent, or is no number */
};

/* The first line of a body. Text is borrowed. GH_EMALFORMED, GH_ETOOBIG: as ghi_event_parse(), or it is no
 * event; then `record` is set nevertheless. */
GH_MUST_CHECK enum gh_err ghi_identification_read(gh_slice body, struct ghi_identification *out,
						  struct ghi_event_fault *fault);
/* The record that a unit sends, without a line end: a live row with the type of its address, and without a
 * number. */
void ghi_identification_write(struct ghi_writer *w, const struct access_event *e,
			      int64_t address_type);

enum ghi_auth {
	GHI_AUTH_SUCCESS,
	GHI_AUTH_FAILED,
	GHI_AUTH_TIMEOUT, /* nothing was decided */
	GHI_AUTHS
};

struct ghi_auth_reply {
	enum ghi_auth auth;
	gh_slice record; /* as the unit sent it */
	/* With success, the door that is to be opened and for how many seconds, both 1 to 254; door 0: the
	 * reply opens none. A reply without success never has a door: that the line is left out then is
	 * inferred, the document shows the positive case alone. */
	unsigned door, seconds;
	gh_slice tips; /* shown to the person; empty: none */
};

/* Lines are parted by CR LF. GH_EMALFORMED in w->err: text with a line end. */
void ghi_auth_reply_write(struct ghi_writer *w, const struct ghi_auth_reply *r);
/* GH_EMALFORMED: no verdict is in it. Text is borrowed. */
GH_MUST_CHECK enum gh_err ghi_auth_reply_read(gh_slice body, struct ghi_auth_reply *out);

#endif
