/* One request to the API: its token, its parameters and body, and the ways to answer it. */
#ifndef GH_API_CALL_H
#define GH_API_CALL_H

#include <stdatomic.h>

#include "api/api.h"
#include "api/body.h"
#include "api/error.h"
#include "api/openapi.h"
#include "api/query.h"
#include "api/route.h"
#include "base/json.h"
#include "core/devices.h"
#include "core/readers.h"
#include "model/audit.h"
#include "model/role.h"
#include "render/field.h"

struct area_limit;
struct events;
struct list_question;
struct listener_registry;
struct terminals;

/* Ceilings of an answer that is built before it is sent: a list is cut short at the first
 * (the rest is the next page), the second is never passed. */
#define LIST_BYTES ((size_t)4 << 20)
#define ANSWER_BYTES ((size_t)48 << 20)

struct api {
	struct server *server;
	struct tokens *tokens;
	struct accounts *accounts;
	struct api_settings settings;
	struct readers *readers;
	struct events *events;
	struct openapi_document openapi;
	struct listener_registry *listeners;
	uint32_t run; /* random: no two runs give the same request numbers */
	_Atomic uint32_t requests;
	atomic_uint exports; /* under way */
	struct workbook_places *workbooks;
	struct area_tree *areas;
	atomic_bool closing; /* api_quiesce() was called */
	char ledger[STORE_LEDGER_ID];
};

#define REQUEST_ID 17 /* 16 hexadecimal digits and NUL */

/* By what a call is made; for what lasts longer than the call that began it. */
struct caller {
	int64_t token, session; /* one of them is 0 */
	uint32_t rights;	/* of the session's account */
};

/* Lives in the request's arena. */
struct call {
	struct api *api;
	struct server *server;
	struct http_request *r;
	struct arena *arena; /* in place of the request's; NULL: that */
	const struct route *route;
	struct path_values path; /* what stands for the placeholders, decoded */
	struct query query;
	const struct body *body;  /* checked against the route's schema; NULL: it reads none */
	int64_t token;		  /* its number; 0: without one */
	uint32_t scopes;	  /* of the token, or of the role; none without one */
	gh_slice who;		  /* its name, or that of the account; empty without one */
	gh_slice doors;		  /* that it may act on and see; empty: any */
	int64_t session, account; /* their numbers; 0: it is no call of a person */
	int64_t session_expires_ms;
	enum role role;	     /* of the account */
	const int64_t *area; /* that the account is limited to, with those within ... */
	size_t areas;	     /* ... 0: to none */
	uint32_t rights;     /* of struct session_grant */
	bool setup;	     /* it makes the first account */
	void *extra;	     /* of the handler, over its second run; in the request's arena */
	char id[REQUEST_ID]; /* shown in the reply's head, in errors and in the log */

	/* While the handler of a call that reads runs; see call_reader(). */
	struct store_reader *reader;
	enum gh_err unread;  /* why there is no reader */
	atomic_int *stopped; /* why the reader was stopped; see readers.h */
	/* Set by such a handler in place of an answer: runs next, on the listener's thread,
	 * and must reply, defer or start a stream. */
	void (*then)(struct call *c);
	void *task; /* what it works on; in the request's arena */

	gh_slice form;			      /* after the path of a list: "csv"; see list.h */
	const struct list_question *question; /* that `then` is to answer */
};

#define ROUTE(operation, method, path, handler, scope, summary, params, body, shape, answer) \
	void handle_##handler(struct call *c);
#define READ_ROUTE ROUTE
#define ORDER_ROUTE ROUTE
#define LIST_ROUTE ROUTE
#include "api/route.def"
#undef LIST_ROUTE
#undef ORDER_ROUTE
#undef READ_ROUTE
#undef ROUTE

/* --- answers: exactly one of these, once --- */

/* {"success":false,"error":sentence,"code":code,"hint":…,"details":…,"requestId":…} with the
 * status, the code and the hint of its row in error.def; texts may be formatted. */
__attribute__((format(printf, 3, 4))) void call_fail(struct call *c, enum error_code code,
						     const char *text, ...);
/* The same for a field of the body, or several. `text` goes on after its name and has no full
 * stop: "must be text". */
__attribute__((format(printf, 4, 5))) void call_fail_field(struct call *c, enum error_code code,
							   const char *field, const char *text,
							   ...);
void call_fail_fault(struct call *c, enum error_code code, const struct fault *fault);
void call_fail_faults(struct call *c, enum error_code code, const struct faults *faults);
/* The same for a query parameter: 400, parameter_invalid. */
__attribute__((format(printf, 3, 4))) void call_fail_param(struct call *c, enum param_id id,
							   const char *text, ...);
void call_fail_parameter(struct call *c, const struct fault *fault);
/* 404: what `field` (of the body, the query or the path) names is no device's serial number. */
void call_fail_device(struct call *c, const char *field, gh_slice sn);
/* 403: the token lacks that scope. */
void call_fail_scope(struct call *c, enum token_scope missing);
/* The same, with what in the request needs it: further faults, of which the first is explained. It is for
 * the caller to write a row of the audit. */
void call_fail_scope_of(struct call *c, enum token_scope missing, const struct faults *of);
/* 403: the token may see some doors alone; `instead` is what it may do. With a row of the audit. */
void call_fail_doors(struct call *c, const char *instead);
/* The members "error", "code", "hint" and "details" of one of several items of a call. faults->n
 * is 1 at least; the first without a field is the sentence. */
void call_fault_json(struct json *j, enum error_code code, const struct faults *faults);
/* A refusal of the listener, with the status it chose. */
void call_fail_status(struct call *c, unsigned status, const char *reason);
/* The answer to an error of the store or the core, where there is no more specific one. */
void call_fail_err(struct call *c, enum gh_err err);
/* The document in j, whose memory is taken. Its error is answered instead, if it has one. */
void call_json(struct call *c, unsigned status, struct json *j);
/* {"success":true,"message":text} */
void call_done(struct call *c, const char *text);

/* {"success":true,"data":  … what the caller writes …  }: begin and end. */
struct json call_data(void);
void call_data_end(struct call *c, unsigned status, struct json *j);

/* --- the audit (core/audit.h) --- */

/* A row about what this call does, with who does it, from where and when, and the outcome "done"; its
 * texts are in the request's arena. What it is done to is for the caller to add. */
struct audit_row call_audit(const struct call *c, const char *action);
/* A row of its own: the call was refused, because the token lacks that scope. */
void call_audit_refusal(struct call *c, enum token_scope missing);
/* The same because it may see and act on some doors alone. */
void call_audit_doors(struct call *c);
/* The same because the account has that role. */
void call_audit_role(struct call *c, const char *role);
/* A row of its own: a sign-in was refused; account 0: there is none of that name. */
void call_audit_sign_in(struct call *c, int64_t account, gh_slice name);

/* Whether an account that is limited to areas may use the route; false: answered (area_grant.h). */
bool call_areas_check(struct call *c);
/* Whether the area is one of those that the caller is limited to, or within one; of who is limited to none, each is. */
bool call_area_inside(const struct call *c, int64_t area);
/* The device with that serial number, referenced; NULL: there is none, or it is outside of the caller's areas, which is
 * the same. What a caller names is found by this. */
struct device *call_device_find(const struct call *c, gh_slice sn);
/* By what it is made. */
struct caller call_caller(const struct call *c);
/* The same of an act on something that is not in the path. */
void call_audit_refused(struct call *c, gh_slice action, gh_slice subject,
			enum token_scope missing);

/* --- reading the store --- */

/* Run the call's handler on a reader thread of that class, and send what it answers. Where that
 * cannot be, the handler runs at once, without a reader. */
void call_read(struct call *c, enum readers_class class);
/* The handler's reader; NULL and answered when there is none. */
struct store_reader *call_reader(struct call *c);

/* --- common needs --- */

/* NULL and answered 503 where this server calls no terminals. */
const struct terminals *call_terminals(struct call *c);
/* The device that {sn} names, referenced; NULL and answered 404 when there is none. */
struct device *call_device(struct call *c);
/* The number that stands for a placeholder, or for {id}; false and answered 404 when it is
 * none. */
bool call_number(struct call *c, enum path_param_id place, int64_t *out);
bool call_id(struct call *c, int64_t *id);
/* The number of the device named by the query's `device`, 0 when none is named; false and
 * answered 404 when it is unknown. */
bool call_device_filter(struct call *c, int64_t *id);

/* What stands for a placeholder of the path, decoded. */
static inline gh_slice call_path(const struct call *c, enum path_param_id id)
{
	return c->path.value[id];
}

static inline const struct param_value *call_param(const struct call *c, enum param_id id)
{
	return &c->query.value[id];
}

static inline struct arena *call_arena(struct call *c)
{
	return c->arena ? c->arena : http_arena(c->r);
}

#endif
