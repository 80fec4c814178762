/* What a device has still to send besides events, states and polls, in order: results of commands,
 * rows of tables, packets, files. Each is kept until it is acknowledged. */
#ifndef GH_SIM_ACCESS_OUTBOX_H
#define GH_SIM_ACCESS_OUTBOX_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

#include <glib.h>

#define ACC_OUTBOX_MAX 4096		    /* posts */
#define ACC_OUTBOX_BYTES ((size_t)32 << 20) /* of all their bodies */

enum acc_post_kind {
	ACC_POST_UPLOAD,   /* rows of a table and the like */
	ACC_POST_PACKET,   /* of querydata */
	ACC_POST_RESULT,   /* of commands, a line each */
	ACC_POST_FILE,	   /* a part of a file that ACCOUNT requested */
	ACC_POST_TIME,	   /* GET rtdata */
	ACC_POST_IDENTIFY, /* AuthType=device */
	ACC_POST_FETCH,	   /* GET of a file of the server */
};

struct acc_post {
	enum acc_post_kind kind;
	char *endpoint; /* "cdata"; of a FETCH the whole target */
	char *query;	/* what follows SN=, with its & */
	GByteArray *body;
	char expect[48];  /* the table whose count must be answered; "": OK */
	uint32_t count;	  /* of it */
	uint32_t answers; /* results in it */
	bool lose;	  /* it is not sent the first time it is due */
	bool get;	  /* without a body */
	char range[48];	  /* header line of a FETCH */
};

struct acc_outbox {
	GQueue posts; /* of struct acc_post */
	size_t bytes;
};

/* A post of its own. NULL: the outbox is full. */
struct acc_post *acc_outbox_add(struct acc_outbox *o, enum acc_post_kind kind,
				const char *endpoint, const char *query, gh_slice body);
/* A line of a result, into the last post if that is one and not `in_flight`. false: full. */
bool acc_outbox_result(struct acc_outbox *o, gh_slice line, const struct acc_post *in_flight);

/* Remove what waits with that query: newer contents of it follow. */
void acc_outbox_drop(struct acc_outbox *o, const char *query);

struct acc_post *acc_outbox_head(const struct acc_outbox *o);
/* Remove the first. */
void acc_outbox_next(struct acc_outbox *o);
/* Lose all that is in memory only. */
void acc_outbox_clear(struct acc_outbox *o);

#endif
