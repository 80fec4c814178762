/* POST cdata and fdata: what devices upload (Attendance PUSH 2020-03, 8 and 11; PUSH SDK
 * 2013, 3.2.3). Each upload becomes one job of the store, and is answered after its commit. */
#include "session/attendance/upload.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/metrics.h"
#include "session/attendance/packed.h"
#include "wire/attendance/handshake.h"

#define UNPACKED_MAX (64u << 20)
#define STAMP_MAX 32
#define QUARANTINE_MAX 1000 /* malformed records of one upload that get a row each */
#define REASON_MAX 128

bool attendance_uses_gb18030(const struct device_row *row)
{
	return gh_slice_ieq(row->charset, GH_LIT("gb18030")) ||
	       (row->charset.n == 0 && gh_slice_eq(row->language, GH_LIT("83")));
}

enum gh_err upload_quarantine(struct upload *u, int64_t line, size_t offset, gh_slice raw,
			      const char *reason)
{
	if (u->quarantined++ < QUARANTINE_MAX) {
		char *why = ghi_arena_text(u->x->arena, gh_slice_of(reason));

		return why ? ingest_quarantine(u->in, line, (int64_t)offset, raw, why)
			   : GH_ENOMEM;
	}
	if (u->quarantined == QUARANTINE_MAX + 1) {
		u->rest_line = line;
		u->rest_offset = offset;
	}
	return GH_OK;
}

/* One row for those beyond the limit; the whole upload is kept as it came. */
static enum gh_err rest_quarantine(struct upload *u)
{
	char *why;

	if (u->quarantined <= QUARANTINE_MAX)
		return GH_OK;
	why = ghi_arena_alloc(u->x->arena, REASON_MAX);
	if (why == NULL)
		return GH_ENOMEM;
	snprintf(why, REASON_MAX,
		 "%zu more malformed records from here on; the whole upload is kept raw",
		 u->quarantined - QUARANTINE_MAX);
	enum gh_err err = ingest_quarantine(u->in, u->rest_line, (int64_t)u->rest_offset,
					    gh_slice_from(u->body, u->rest_offset), why);
	return err ? err : ingest_raw(u->in, exchange_shown_target(u->x), u->x->body);
}

/* The mark comes under several names; it is opaque, and "0" marks the answer to a query, which
 * must not move the stored mark back (PUSH SDK 2013, 3.2.4-7-9). */
static void stamp_add(struct upload *u)
{
	static const char *const names[] = { "Stamp", "OpStamp", "PhotoStamp" };
	gh_slice stamp = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && stamp.n == 0; i++)
		stamp = exchange_param(u->x, names[i]);
	if (stamp.n == 0 || stamp.n > STAMP_MAX || gh_slice_eq(stamp, GH_LIT("0")))
		return;
	for (size_t i = 0; i < stamp.n; i++)
		if (stamp.p[i] <= ' ' || stamp.p[i] >= 0x7F)
			return;
	ingest_stamp(u->in, u->table, stamp);
}

static void upload_fail(struct upload *u, enum gh_err err)
{
	free((void *)(uintptr_t)u->unpacked.p);
	exchange_store_failed(u->x, err);
}

static void upload_reply(struct exchange *x)
{
	struct upload *u = x->state;
	char text[32];

	if (x->err) {
		upload_fail(u, x->err);
		return;
	}
	free((void *)(uintptr_t)u->unpacked.p);
	if (u->plain_ok) {
		exchange_ok(x);
		return;
	}
	snprintf(text, sizeof(text), "OK:%zu",
		 u->result.accepted + u->quarantined + u->raw_lines);
	exchange_text(x, gh_slice_of(text));
}

/* On the store thread. */
static void upload_done(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct upload *u = ctx;

	u->result = *result;
	exchange_done(u->x, err);
}

/* Whether the device looks for a bare "OK" (PUSH SDK 2013, 3.2.3). */
static bool counts_unknown(const struct device_row *row)
{
	struct ghi_version version, counts = { .part = { 2, 2, 14, 0 } };

	return !ghi_version_parse(row->push_version, &version) ||
	       ghi_version_compare(&version, &counts) < 0;
}

static void upload_begin(struct exchange *x, gh_slice name)
{
	const struct dialect_table *table = dialect_table_find(x->dialect, name);
	struct upload *u = ghi_arena_alloc(x->arena, sizeof(*u));

	if (u == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	*u = (struct upload){ .x = x, .table = name, .body = x->body };
	x->state = u;
	device_row(x->device, x->arena, &u->row);
	u->plain_ok = (table && table->plain_ok) || counts_unknown(&u->row);
	if (gh_slice_ieq(exchange_param(x, "ContentType"), GH_LIT("tgz")) &&
	    packed_open(u->body, UNPACKED_MAX, &u->unpacked) == GH_OK)
		u->body = u->unpacked;
	u->in = ingest_new(x->server, x->device, x->arena, name);
	if (u->in == NULL) {
		upload_fail(u, GH_ENOMEM);
		return;
	}
	stamp_add(u);
	enum gh_err err = table ? table->read(u) : upload_read_raw(u);
	if (err == GH_OK)
		err = rest_quarantine(u);
	if (err) {
		ingest_free(u->in);
		upload_fail(u, err);
		return;
	}
	if (!exchange_defer(x)) {
		ingest_free(u->in);
		free((void *)(uintptr_t)u->unpacked.p);
		exchange_drop(x);
		return;
	}
	x->next = upload_reply;
	err = ingest_put(u->in, upload_done, u);
	if (err) {
		ingest_free(u->in);
		upload_fail(u, err);
	}
}

void attendance_upload(struct exchange *x)
{
	if (exchange_has_param(x, "AuthType"))
		/* Not a verdict we can give, and OK would be none (PUSH SDK 2013, 3.2.5-2). */
		exchange_text(x, GH_LIT("AUTH=Failed\n"));
	else if (x->body.n == 0 ||
		 gh_slice_ieq(exchange_param(x, "type"), GH_LIT("PostVerifyData")))
		exchange_ok(x);
	else
		upload_begin(x, attendance_table_name(x));
}
