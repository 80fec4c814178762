/* The user table from inside other calls. */
#ifndef GH_CLIENT_USER_H
#define GH_CLIENT_USER_H

#include "client/reading.h"
#include "wire/terminal/code.h"

struct ghi_users {
	struct ghi_reading reading;
};

/* Names are not decoded: `name` stays empty. */
GH_MUST_CHECK enum gh_err ghi_users_open(struct gh_terminal *t, struct ghi_users *u);
GH_MUST_CHECK enum gh_err ghi_users_next(struct ghi_users *u, struct gh_user *out);
void ghi_users_close(struct ghi_users *u);

/* Call fn for every user until it returns false. */
typedef bool ghi_users_fn(void *context, const struct gh_user *u);
GH_MUST_CHECK enum gh_err ghi_users_each(struct gh_terminal *t, ghi_users_fn *fn,
					 void *context);
GH_MUST_CHECK enum gh_err ghi_user_find(struct gh_terminal *t, const char *pin,
					struct gh_user *out);
/* Make name_raw of name for a device whose record size is known. */
GH_MUST_CHECK enum gh_err ghi_user_ready(struct gh_terminal *t, struct gh_user *u);

/* PINs by uid, for records that have no more than the uid. */
struct ghi_pins {
	char (*pin)[GH_PIN_SIZE]; /* GHI_UID_COUNT of them, on the heap; NULL: not read */
};
GH_MUST_CHECK enum gh_err ghi_pins_read(struct ghi_pins *p, struct gh_terminal *t);
/* The same for a table that is worth reading without them: GH_OK also where the terminal does not
 * give its users. Other errors: the connection is gone, the call was cancelled, no memory. */
GH_MUST_CHECK enum gh_err ghi_pins_try(struct ghi_pins *p, struct gh_terminal *t);
void ghi_pins_clear(struct ghi_pins *p);
/* Empty where no user has it: a PIN is never made up. */
void ghi_pins_fill(const struct ghi_pins *p, uint16_t uid, char out[GH_PIN_SIZE]);

#endif
