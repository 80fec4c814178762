/* Orders about people that a call of the predecessor's paths gives together: first what is removed, then the person,
 * then templates. They are queued in this order, and each is answered by itself. */
#ifndef GH_API_COMPAT_ZK_SERVER_BATCH_H
#define GH_API_COMPAT_ZK_SERVER_BATCH_H

#include "api/call.h"
#include "api/command_reading.h"
#include "core/sync/device_bio.h"

#define BATCH_ORDERS 10000 /* of a call */

/* A kind of biometric template by its name. */
struct zk_type {
	const char *name;  /* "fingerprint" */
	const char *label; /* "FINGERPRINT" */
	int64_t type;	   /* as in BIODATA */
};

/* NULL: there is none of that name, in whatever case, or number. */
const struct zk_type *zk_type_named(gh_slice name);
const struct zk_type *zk_type_numbered(int64_t type);
/* Type number i; NULL after the last. */
const struct zk_type *zk_type_at(size_t i);
/* The names, for messages. */
#define ZK_TYPES                                                                       \
	"fingerprint, face, voiceprint, iris, retina, palmprint, fingervein, palm or " \
	"visible_light_face"

/* What order i of the queueing does. */
struct zk_operation {
	const char *label; /* "USER", or that of a type */
	int64_t fid;	   /* -1: none */
};

struct zk_person {
	gh_slice pin;
	size_t first;	 /* number of its first order */
	size_t removals; /* of its orders that come first */
	size_t writes;	 /* those after them: the person, where there is one, and templates */
};

/* In the request's arena. */
struct zk_batch {
	struct call *c;
	struct queueing *q;
	gh_slice serial;
	struct device_bio bio;
	struct zk_operation *operation;
	struct zk_person *person;
	size_t persons, n;
	bool stored_too; /* the answer has more than the orders: it is no error that one is refused */
	gh_slice written; /* JSON that the answer has besides */
	bool update;	  /* templates of a type are removed before one of it is written */
	/* Writes "data" and "message". */
	void (*answer)(const struct zk_batch *b, struct json *j);
	void *of;
};

/* Of the device `serial`, which is read; NULL and answered where that is unknown, or there is no memory. */
struct zk_batch *zk_batch_new(struct call *c, gh_slice serial, size_t persons);
/* Room for so many orders. False: answered. */
bool zk_batch_open(struct zk_batch *b, size_t orders,
		   void (*answer)(const struct zk_batch *b, struct json *j));

/* How many orders a person and their `biometrics` (NULL: none) are. */
size_t zk_person_orders(const struct zk_batch *b, const struct body *biometrics);
/* Read them as the next orders. */
void zk_person_read(struct zk_batch *b, const struct body *info, const struct body *biometrics);
/* The next order: what the device has of a type goes; fid -1: all of the type. */
void zk_removal_read(struct zk_batch *b, const struct zk_type *type, gh_slice pin, int64_t fid);
/* The next order, of a type of command and a body. */
void zk_order_read(struct zk_batch *b, struct zk_operation what, const char *command,
		   const struct body *body);

/* --- what a template must be --- */

/* NULL: it is a template of the type as far as can be seen; otherwise the reason. `fid` -1: not given. */
const char *zk_template_fault(gh_slice pin, gh_slice data, int64_t fid,
			      const struct zk_type *type);

/* --- answers --- */

bool zk_queued(const struct zk_batch *b, size_t order);
size_t zk_queued_count(const struct zk_batch *b, size_t first, size_t n);
/* {"success", "commandId" or "error" and "code"} */
void zk_result_write(const struct zk_batch *b, struct json *j, size_t order);
/* "results": a row for each of n orders. */
void zk_results_write(const struct zk_batch *b, struct json *j, const char *key, size_t first,
		      size_t n);
/* The formatted text as a member. */
__attribute__((format(printf, 3, 4))) void zk_text_write(struct json *j, const char *key,
							 const char *text, ...);

#endif
