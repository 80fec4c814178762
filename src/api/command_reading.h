/* Reading the commands of a request: words become kinds, names become devices, and the faults of
 * a row are noted beside it. On a reader thread. */
#ifndef GH_API_COMMAND_READING_H
#define GH_API_COMMAND_READING_H

#include "api/body.h"
#include "api/error.h"
#include "core/commands.h"

struct call;
struct device;
struct standing;
struct ability;

/* Why a command is not queued. */
struct refusal {
	enum error_code code;
	enum token_scope scope; /* the missing one, with ERROR_scope_too_small */
	gh_slice subject;	/* the same: what it is about, for the audit */
	struct faults faults;
};

/* In the request's arena. */
struct queueing {
	struct call *call;
	bool many;
	bool whole; /* with one that is refused none is queued */
	size_t n;
	struct command_order *order;
	struct refusal **refused;  /* NULL: not refused, so far */
	struct audit_row audit;	   /* who queues them */
	struct command stored;	   /* of one alone; its texts are in the request's arena */
	enum gh_err err;	   /* nothing could be queued */
	struct standing *standing; /* of the people of devices that were looked at */
	struct ability *ability;   /* of the devices that were looked at */
	/* Answers in place of the list of orders; NULL: that. */
	void (*answer)(struct queueing *q);
	void *answer_of;
};

/* The row being read. */
struct reading {
	struct queueing *q;
	size_t i;
	const struct body *body;
};

/* Read the row. `type`: of the command; empty: the body names it, or has words. Afterwards the
 * order's device is referenced, even where the row is refused. */
void order_read(struct reading *r, gh_slice type);
/* The checks of an order that was not read but made: its device, kind and arguments are set. The body
 * is the request's. */
void order_check(struct reading *r);
/* The device, referenced; NULL: refused. */
struct device *order_device(struct reading *r, gh_slice sn);

/* Note that the row needs a scope that the token does not have. `field`, `why`: what in it needs that;
 * NULL: its kind. */
void order_refuse_scope(struct reading *r, enum token_scope scope, const char *field,
			const char *why);
/* Note why the row is refused: the faults found by its schema, or the error of the core. */
void order_refuse_faults(struct reading *r, const struct faults *faults);
void order_refuse_err(struct reading *r, enum gh_err err);

/* --- of command_reading.c and command_reading_access.c --- */

__attribute__((format(printf, 4, 5))) void order_refuse(struct reading *r, enum error_code code,
							const char *field, const char *text,
							...);
/* Of a device with one door: another one is refused where the path names it, and else is that one. */
void order_one_door(struct reading *r);
/* By its kind, and by its arguments once they are read. */
void order_check_scope(struct reading *r);
struct ghi_writer;
/* What was read into w is the order's arguments. */
void order_arguments(struct reading *r, const struct ghi_writer *w);
/* Whether the body has only fields that go with words; otherwise it is refused. */
bool order_fields_check(struct reading *r);
/* Whether the order is for an access unit; its words, and whether they can express its kind. */
bool order_is_access(const struct reading *r);
void order_read_access(struct reading *r, gh_slice text);
void order_check_words(struct reading *r);

/* --- of command_reading_file.c --- */

/* A file that the device is to fetch must be published, and be for its model: the words of the command are made of
 * it. Other kinds stay as they are. */
void order_check_file(struct reading *r);
/* A comparison photo that is a published file: its name becomes its address. */
void order_name_photo(struct reading *r);

/* --- of command_reading_option.c --- */

/* A setting of an attendance device must be known, and its value fit. Other kinds stay as they are. */
void order_check_setting(struct reading *r);

/* --- of command_reading_door.c, for access units --- */

/* Make the arguments of a hold, or of floors, from the fields; or refuse them. */
void order_prepare_hold(struct reading *r);
void order_prepare_floors(struct reading *r);
/* The unit must have the door, the output and the function, and a door is not opened for longer than it may be. */
void order_check_control(struct reading *r);

#endif
