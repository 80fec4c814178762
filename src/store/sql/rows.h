/* What a row of each list is made from: the fields a SELECT names, in this order, and the function
 * that reads them. Texts are borrowed until the next row. */
#ifndef GH_STORE_SQL_ROWS_H
#define GH_STORE_SQL_ROWS_H

#include "store/sql/sql_store.h"

#define PUNCH_FIELDS                                                             \
	"p.seq, p.device, d.sn, p.pin, p.time, p.status, p.verify, p.work_code," \
	" p.extra, z.name, p.utc, p.received_ms, p.flags, p.source"
#define PUNCH_NAMES " LEFT JOIN device d ON d.id = p.device LEFT JOIN zone z ON z.id = p.zone"
/* Spans up to this one are looked up in the index of the natural key, device by device. For
 * longer ones the ledger itself is read in the order of arrival, until enough is found. */
#define PUNCH_SHORT_SPAN INT64_C(200000000) /* of civil digits: two months */
struct punch sql_punch_of(const struct sql_call *q);

/* So many punches, access events or days, whose texts are of some hundred bytes at most, may be taken at
 * once (sql_call.together). */
#define ROWS_TOGETHER 5000

struct command sql_command_of(const struct sql_call *q);

#define QUARANTINE_FIELDS \
	"q.id, q.device, d.sn, q.received_ms, q.source, q.line, q.offset, q.reason, q.raw"
struct quarantine sql_quarantine_of(const struct sql_call *q);

#define UPLOAD_FIELDS "u.id, u.device, d.sn, u.received_ms, u.source, u.target, u.body"
struct raw_upload sql_upload_of(const struct sql_call *q);

#define AUDIT_FIELDS                                                                      \
	"a.seq, a.at_ms, a.command, a.actor, a.actor_id, a.done_by, a.address, a.action," \
	" a.subject, a.outcome, a.before, a.after, a.reason"
#define AUDIT_WIDTH 13
struct audit_row sql_audit_of(const struct sql_call *q);

#define TOKEN_FIELDS                                                                        \
	"t.id, t.name, t.hash, t.scopes, t.created_ms, t.doors, coalesce(t.expires_ms, 0)," \
	" coalesce(t.used_ms, 0)"
#define TOKEN_WIDTH 8
struct token sql_token_of(const struct sql_call *q);

/* Before those of the kind. */
#define RECORD_FIELDS "r.id, r.device, d.sn, r.received_ms"
/* What a deleted device left is hidden until it is removed; of the condition its device is joined by. */
#define RECORD_SHOWN " AND d.clearing = 0"
#define RECORD_WIDTH 4
struct record_row sql_record_of(const struct sql_call *q, const struct model_kind *k,
				union model_record *record);

#endif
