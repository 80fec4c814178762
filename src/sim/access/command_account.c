/* ACCOUNT: the stored events as packed files (Security PUSH 3.1.2, 9.2). */
#include "base/base64.h"
#include "base/number.h"
#include "sim/access/command.h"
#include "sim/pack.h"
#include "wire/access/account.h"

#include <stdio.h>
#include <stdlib.h>

#define ACCOUNT_PART 20000 /* records in a file */

/* Which records: by index, or by time. */
struct account_range {
	uint64_t first, last;
	ghi_civil from, to;
};

static gh_slice account_value(gh_slice args, const char *name)
{
	/* Pairs are parted by tabs, or by blanks where another pair follows (A45). */
	char key[24];
	const uint8_t *at;
	gh_slice value;

	snprintf(key, sizeof(key), "%s=", name);
	at = memmem(args.p, args.n, key, strlen(key));
	if (at == NULL)
		return (gh_slice){ 0 };
	value = gh_slice_from(args, (size_t)(at - args.p) + strlen(key));
	gh_slice_cut(value, '\t', &value, &args);
	return gh_slice_trim(value);
}

static bool account_range_read(gh_slice args, struct account_range *out)
{
	gh_slice max = account_value(args, "MaxIndex"),
		 first = account_value(args, "StartIndex");
	gh_slice last = account_value(args, "EndIndex"),
		 from = account_value(args, "StartTime");
	gh_slice to = account_value(args, "EndTime");

	*out = (struct account_range){ .last = UINT64_MAX, .to = INT64_MAX };
	if (max.n) {
		if (ghi_number_parse(max, UINT32_MAX, &out->first))
			return false;
		out->first++;
		return true;
	}
	if (first.n || last.n)
		return ghi_number_parse(first, UINT32_MAX, &out->first) == GH_OK &&
		       ghi_number_parse(last, UINT32_MAX, &out->last) == GH_OK;
	return from.n && to.n && ghi_civil_parse(from, &out->from) == GH_OK &&
	       ghi_civil_parse(to, &out->to) == GH_OK;
}

static bool account_has(const struct account_range *r, const struct panel_event *e)
{
	ghi_civil at = ghi_civil_from_seconds(e->at_s);

	return e->index >= r->first && e->index <= r->last && at >= r->from && at <= r->to;
}

/* The records of the range from event `*at` on, at most ACCOUNT_PART; `*at` moves behind them. */
static uint32_t account_part(const struct unit *u, const struct account_range *r, uint32_t *at,
			     GString *to)
{
	uint32_t n = 0;

	for (; *at < u->panel.ring.next && n < ACCOUNT_PART; (*at)++) {
		const struct panel_event *e = panel_ring_at(&u->panel.ring, *at);

		if (e && account_has(r, e))
			n += unit_event_line(to, u, e, false);
	}
	return n;
}

static bool account_pack(const GString *text, gh_slice *out)
{
	size_t cap = text->len + 20480;
	uint8_t *to = malloc(cap);

	if (to && sim_pack_write("transaction.txt",
				 (gh_slice){ (const uint8_t *)text->str, text->len }, to, cap,
				 out) == GH_OK)
		return true;
	free(to);
	return false;
}

/* Terminals, which others read by the PULL SDK: one packet with the file as text (9.2.1). */
static void account_as_text(struct unit *u, const struct unit_command *c, const GString *text,
			    uint32_t records)
{
	char query[192], more[96];
	gh_slice packed, coded;
	GString *body;
	char *room;
	struct acc_post *p;

	if (!account_pack(text, &packed)) {
		unit_answer(u, c, UNIT_NOT_SAVED, "");
		return;
	}
	room = malloc(BASE64_ROOM(packed.n));
	body = g_string_new(NULL);
	g_string_append_printf(body,
			       "name=transaction.tgz\nsize=%zu\ndatacode=base64\ndatatype=tgz",
			       packed.n);
	g_string_append_c(body, '\0');
	if (room) {
		coded = base64_encode(packed, room);
		g_string_append_len(body, (const char *)coded.p, (gssize)coded.n);
	}
	snprintf(query, sizeof(query),
		 "&type=tabledata&cmdid=%.*s&tablename=transaction&count=%u&datafmt=3&Stamp="
		 "9999",
		 GH_FMT(c->id), records);
	p = acc_outbox_add(&u->outbox, ACC_POST_PACKET, "querydata", query,
			   (gh_slice){ (const uint8_t *)body->str, body->len });
	if (p) {
		snprintf(p->expect, sizeof(p->expect), "transaction");
		p->count = records;
	}
	snprintf(more, sizeof(more), "&transaction&StartTime=&EndTime=&RecordSum=%u", records);
	unit_answer(u, c, records, more);
	g_string_free(body, TRUE);
	free(room);
	free((void *)(uintptr_t)packed.p);
}

static void account_file(struct unit *u, const struct unit_command *c, const GString *text,
			 uint32_t records, unsigned part)
{
	char query[160];
	gh_slice packed;

	if (!account_pack(text, &packed))
		return;
	snprintf(query, sizeof(query),
		 "&cmdid=%.*s&fileseq=%u&contenttype=tgz&table=transaction&count=%u",
		 GH_FMT(c->id), part, records);
	acc_outbox_add(&u->outbox, ACC_POST_FILE, "file", query, packed);
	free((void *)(uintptr_t)packed.p);
}

/* Controllers: an overview, then the files (9.2.2). */
static void account_as_files(struct unit *u, const struct unit_command *c,
			     const struct account_range *r)
{
	char query[96], body[128];
	struct ghi_writer w = ghi_writer_on(body, sizeof(body));
	uint32_t at = u->panel.ring.first, records = 0;
	unsigned parts = 0;
	GString *text = g_string_new(NULL);

	for (uint32_t i = at; i < u->panel.ring.next; i++) {
		const struct panel_event *e = panel_ring_at(&u->panel.ring, i);

		records += e && account_has(r, e);
	}
	parts = (records + ACCOUNT_PART - 1) / ACCOUNT_PART;
	snprintf(query, sizeof(query), "&cmdid=%.*s&desc=overview", GH_FMT(c->id));
	ghi_account_overview_write(
		&w, &(struct ghi_account_overview){ .records = records,
						    .files = parts,
						    .name = GH_LIT("transaction.tgz"),
						    .type = GH_LIT("tgz") });
	acc_outbox_add(&u->outbox, ACC_POST_FILE, "cdata", query, ghi_written(&w));
	for (unsigned part = 1; part <= parts; part++) {
		uint32_t n;

		g_string_truncate(text, 0);
		n = account_part(u, r, &at, text);
		account_file(u, c, text, n, part);
	}
	unit_answer(u, c, records, "");
	g_string_free(text, TRUE);
}

void unit_command_account(struct unit *u, const struct unit_command *c)
{
	enum { BIT_ACCOUNT = 11 };
	struct account_range r;

	if (!acc_persona_can(u->persona, BIT_ACCOUNT)) {
		unit_answer(u, c, UNIT_UNSUPPORTED, "");
	} else if (!account_range_read(c->args, &r)) {
		unit_answer(u, c, UNIT_PARAMETER, "");
	} else if (memmem(c->args.p, c->args.n, "ContentType=tgz", 15)) {
		GString *text = g_string_new(NULL);
		uint32_t at = u->panel.ring.first, n = account_part(u, &r, &at, text);

		account_as_text(u, c, text, n);
		g_string_free(text, TRUE);
	} else {
		account_as_files(u, c, &r);
	}
}
