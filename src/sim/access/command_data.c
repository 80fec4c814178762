/* DATA UPDATE, DELETE, COUNT and QUERY (Security PUSH 3.1.2, 9.1). */
#include "sim/access/command.h"
#include "sim/access/schema.h"
#include "sim/access/subs.h"
#include "wire/access/event.h"

#include <stdio.h>

#define ROWS_LATER INT64_MAX /* the result follows: a photo is fetched */

/* The table that a data command is about: "<table> <rest>"; *args becomes the rest. */
static void command_table_cut(gh_slice *args, gh_slice *name)
{
	gh_slice all = *args;

	gh_slice_cut(all, ' ', name, args);
	/* No table: the record begins at once. */
	if (name->n && memchr(name->p, '=', name->n)) {
		*name = (gh_slice){ 0 };
		*args = all;
	}
	if (args->p == NULL)
		*args = GH_LIT("");
}

/* --- UPDATE --- */

/* What follows from a row besides that it is stored. */
static void data_updated(struct unit *u, enum panel_table_id t, gh_slice row)
{
	/* Being authorised, the sub-controller registers; then it is (5). */
	if (t == PANEL_DEVICEAUTHORIZE) {
		struct acc_sub *sub = acc_sub_named(u, unit_pair(row, "SN"));

		if (sub)
			acc_sub_order(sub,
				      gh_slice_eq(unit_pair(row, "IsAuthorize"), GH_LIT("2"))
					      ? GHI_SUB_AUTHORISED
					      : GHI_SUB_REGISTERS);
		unit_subs_upload(u);
	}
}

/* People are as many as it registers, in hundreds as units of its kind do (A24). */
static bool data_has_room(const struct unit *u, enum panel_table_id t, gh_slice row)
{
	uint64_t hundreds = panel_option_number(&u->panel, "MaxUserCount", 0);

	return t != PANEL_USER || hundreds == 0 ||
	       panel_rows(&u->panel.tables, t) < hundreds * 100 ||
	       panel_rows_of(&u->panel.tables, t, unit_pair(row, "Pin"));
}

static int64_t data_row_put(struct unit *u, const struct unit_command *c,
			    const struct panel_schema *s, gh_slice row)
{
	enum panel_table_id t = panel_schema_table(s);
	int64_t code = panel_schema_row_check(s, row);

	if (code)
		return code;
	if (!data_has_room(u, t, row))
		return UNIT_NO_SPACE;
	/* A terminal took names in small letters, answered 0 and stored an empty row. */
	if (!panel_schema_reads(s, row))
		row = (gh_slice){ 0 };
	if (panel_row_put(&u->panel.tables, t, row))
		return UNIT_NOT_SAVED;
	data_updated(u, t, row);
	if (t == PANEL_BIOPHOTO)
		unit_photo_written(u, c->id, row);
	return UNIT_OK;
}

/* A photo that the row has the address of, in its place (9.1.1). */
static bool row_has_address(enum panel_table_id t, gh_slice row)
{
	return (t == PANEL_USERPIC || t == PANEL_BIOPHOTO) &&
	       gh_slice_eq(unit_pair(row, "format"), GH_LIT("1")) && unit_pair(row, "url").n;
}

static int64_t data_row_fetch(struct unit *u, const struct unit_command *c,
			      const struct panel_schema *s, gh_slice row, gh_slice rest)
{
	int64_t code = panel_schema_row_check(s, row);

	if (code)
		return code;
	return unit_photo_fetch(u, c, panel_schema_table(s), row, rest) ? ROWS_LATER : UNIT_URL;
}

static gh_slice row_trimmed(gh_slice row)
{
	while (row.n && (row.p[row.n - 1] == '\r' || row.p[row.n - 1] == '\t'))
		row.n--;
	return row;
}

static bool data_row_next(gh_slice *rows, gh_slice *row)
{
	while (rows->n) {
		gh_slice_cut(*rows, '\n', row, rows);
		*row = row_trimmed(*row);
		if (row->n)
			return true;
	}
	return false;
}

/* In order, and those behind a photo that is fetched when it is there. The first bad record fails the command;
 * whether those before it stay is not in the document, and a setting of the fleet. */
static int64_t data_rows_put(struct unit *u, const struct unit_command *c,
			     const struct panel_schema *s, gh_slice rows)
{
	int64_t code = UNIT_PARAMETER;
	gh_slice row, all = rows;

	while (u->plan->whole && data_row_next(&all, &row)) {
		code = panel_schema_row_check(s, row);
		if (code)
			return code;
	}
	while (data_row_next(&rows, &row)) {
		code = row_has_address(panel_schema_table(s), row)
			       ? data_row_fetch(u, c, s, row, rows)
			       : data_row_put(u, c, s, row);
		if (code)
			break;
	}
	return code;
}

void unit_rows_put(struct unit *u, const struct unit_command *c, gh_slice table, gh_slice rows)
{
	struct panel_schema s;
	int64_t code;

	panel_schema_open(&s, &u->panel, table, rows);
	code = panel_schema_verb_check(&s, 'U');
	if (code == UNIT_OK)
		code = panel_schema_table(&s) < PANEL_TABLES ? data_rows_put(u, c, &s, rows)
							     : UNIT_UNSUPPORTED;
	panel_schema_close(&s);
	if (code != ROWS_LATER)
		unit_answer(u, c, code, "");
}

void unit_command_data_update(struct unit *u, const struct unit_command *c)
{
	gh_slice rows = c->args, name;

	command_table_cut(&rows, &name);
	unit_rows_put(u, c, name, rows);
}

/* --- DELETE --- */

/* With a person go their rights, cards and templates; with a contact, its numbers (9.1.2). */
static void data_delete_with(struct panel *p, enum panel_table_id t,
			     const struct panel_row *row)
{
	static const enum panel_table_id of_person[] = {
		PANEL_USERAUTHORIZE,  PANEL_MULCARDUSER,       PANEL_EXTUSER, PANEL_TEMPLATEV10,
		PANEL_BIODATA,	      PANEL_BIOPHOTO,	       PANEL_USERPIC, PANEL_FIRSTCARD,
		PANEL_SUPERAUTHORIZE, PANEL_PERSONALVSTIMEZONE
	};
	char condition[96];

	if (t == PANEL_CONTACT_INFO) {
		snprintf(condition, sizeof(condition), "ContactID=%.*s",
			 GH_FMT(panel_field(row, "ContactID")));
		panel_rows_delete(&p->tables, PANEL_CONTACT_NUMBER_LIST,
				  gh_slice_of(condition));
	}
	if (t != PANEL_USER)
		return;
	snprintf(condition, sizeof(condition), "Pin=%.*s", GH_FMT(panel_field(row, "Pin")));
	for (size_t i = 0; i < sizeof(of_person) / sizeof(of_person[0]); i++)
		panel_rows_delete(&p->tables, of_person[i], gh_slice_of(condition));
}

static void data_delete_rows(struct panel *p, enum panel_table_id t, gh_slice conditions)
{
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(&p->tables, t, i)); i++)
		if (panel_row_matches(row, conditions))
			data_delete_with(p, t, row);
	panel_rows_delete(&p->tables, t, conditions);
}

static void data_delete_events(struct unit *u)
{
	panel_ring_drop(&u->panel.ring, u->panel.ring.next);
	u->panel.ring.index = 0;
	if (u->serving) {
		u->serving->forwarded = u->panel.ring.next;
		return;
	}
	u->acked = u->sent = u->panel.ring.next;
	u->repeat = (struct unit_upload){ 0 };
}

static int64_t data_delete(struct unit *u, const struct panel_schema *s, gh_slice conditions)
{
	enum panel_table_id t = panel_schema_table(s);
	int64_t code = panel_schema_verb_check(s, 'D');

	if (code == UNIT_OK)
		code = panel_schema_delete_check(s, &conditions);
	if (code)
		return code;
	if (t < PANEL_TABLES)
		data_delete_rows(&u->panel, t, conditions);
	else if (gh_slice_eq(gh_slice_of(s->table->name), GH_LIT("transaction")))
		data_delete_events(u);
	else
		return UNIT_UNSUPPORTED;
	if (t == PANEL_DEVICEAUTHORIZE) {
		struct acc_sub *sub = acc_sub_named(u, unit_pair(conditions, "SN"));

		if (sub)
			acc_sub_order(sub, GHI_SUB_WAITS);
		unit_subs_upload(u);
	}
	return UNIT_OK;
}

void unit_command_data_delete(struct unit *u, const struct unit_command *c)
{
	gh_slice conditions = c->args, name;
	struct panel_schema s;
	int64_t code;

	command_table_cut(&conditions, &name);
	panel_schema_open(&s, &u->panel, name, (gh_slice){ 0 });
	code = data_delete(u, &s, gh_slice_trim(conditions));
	panel_schema_close(&s);
	unit_answer(u, c, code, "");
}

/* --- COUNT --- */

static uint64_t data_count(const struct unit *u, enum panel_table_id t, gh_slice conditions)
{
	return t == PANEL_TABLES ? u->panel.ring.next - u->panel.ring.first
				 : panel_rows_matching(&u->panel.tables, t, conditions);
}

void unit_command_data_count(struct unit *u, const struct unit_command *c)
{
	gh_slice conditions = c->args, name;
	struct panel_schema s;
	char body[96], query[192];
	uint64_t count;
	int64_t code;

	command_table_cut(&conditions, &name);
	conditions = gh_slice_trim(conditions);
	if (gh_slice_eq(conditions, GH_LIT("*")))
		conditions = (gh_slice){ 0 };
	panel_schema_open(&s, &u->panel, name, (gh_slice){ 0 });
	code = panel_schema_verb_check(&s, 'C');
	if (code == UNIT_OK)
		code = panel_schema_values_check(&s, conditions);
	if (code == UNIT_OK) {
		count = data_count(u, panel_schema_table(&s), conditions);
		snprintf(body, sizeof(body), "%s=%llu", s.table->name,
			 (unsigned long long)count);
		snprintf(query, sizeof(query),
			 "&type=count&cmdid=%.*s&tablename=%s&count=1&packcnt=1&packidx=1",
			 GH_FMT(c->id), s.table->name);
		acc_outbox_add(&u->outbox, ACC_POST_PACKET, "querydata", query,
			       gh_slice_of(body));
		/* The document's examples have 0, others the number. */
		if (!(u->persona->quirk & ACC_STRICT))
			code = (int64_t)count;
	}
	panel_schema_close(&s);
	unit_answer(u, c, code, "");
}

/* --- QUERY --- */

static bool event_selected(const struct unit *u, const struct panel_event *e, gh_slice filter)
{
	gh_slice from = unit_pair(filter, "starttime"), to = unit_pair(filter, "endtime");
	ghi_civil at = ghi_civil_from_seconds(e->at_s), limit;

	if (gh_slice_ieq(filter, GH_LIT("NewRecord")))
		return e->number >= u->acked;
	if (from.n && ghi_civil_parse(from, &limit) == GH_OK && at < limit)
		return false;
	return !(to.n && ghi_civil_parse(to, &limit) == GH_OK && at > limit);
}

uint32_t unit_event_line(GString *to, const struct unit *u, const struct panel_event *e,
			 bool prefix)
{
	char line[512];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));
	struct unit_event_text text;
	struct access_event event;
	gh_slice row;

	unit_event(u, e, &event, &text);
	/* As the document prints a row (9.1.4). */
	if (u->persona->quirk & ACC_STRICT && e->unit == 0) {
		event.site_code = 0;
		event.device_number = 1;
		event.unit = gh_slice_of(u->sn);
	}
	ghi_event_write_stored(&w, &event);
	if (w.err)
		return 0;
	row = ghi_written(&w);
	if (!prefix)
		row = gh_slice_from(row, strlen("transaction "));
	if (to->len)
		g_string_append_c(to, '\n');
	g_string_append_len(to, (const char *)row.p, (gssize)row.n);
	return 1;
}

static uint32_t events_write(GString *to, const struct unit *u, gh_slice filter)
{
	uint32_t n = 0;

	for (uint32_t i = u->panel.ring.first; i < u->panel.ring.next; i++) {
		const struct panel_event *e = panel_ring_at(&u->panel.ring, i);

		if (event_selected(u, e, filter))
			n += unit_event_line(to, u, e, true);
	}
	return n;
}

static gh_slice query_part(gh_slice args, const char *name)
{
	char key[32];
	const uint8_t *at;
	gh_slice value;

	snprintf(key, sizeof(key), "%s=", name);
	at = memmem(args.p, args.n, key, strlen(key));
	if (at == NULL)
		return (gh_slice){ 0 };
	value = gh_slice_from(args, (size_t)(at - args.p) + strlen(key));
	/* The filter is last, and may have anything in it. */
	if (strcmp(name, "filter") != 0)
		gh_slice_cut(value, ',', &value, &args);
	return gh_slice_trim(value);
}

static uint32_t networks_write(GString *to)
{
	g_string_append(to, "APList ecn=1\tssid=Lobby\trssi=-52\tmac=00:11:22:33:44:55\n"
			    "APList ecn=0\tssid=Guests\trssi=-71\tmac=00:11:22:33:44:56");
	return 2;
}

/* The rows that match, as they are uploaded. */
static uint32_t query_rows(const struct unit *u, const struct panel_schema *s, gh_slice filter,
			   GString *rows)
{
	enum panel_table_id t = panel_schema_table(s);

	if (t < PANEL_TABLES)
		return unit_rows_write(rows, &u->panel, t, filter);
	if (gh_slice_eq(gh_slice_of(s->table->name), GH_LIT("APList")))
		return networks_write(rows);
	return events_write(rows, u, filter);
}

void unit_command_data_query(struct unit *u, const struct unit_command *c)
{
	gh_slice filter = query_part(c->args, "filter");
	struct panel_schema s;
	GString *rows = g_string_new(NULL);
	int64_t code;
	uint32_t n;

	if (gh_slice_eq(filter, GH_LIT("*")))
		filter = (gh_slice){ 0 };
	panel_schema_open(&s, &u->panel, query_part(c->args, "tablename"), (gh_slice){ 0 });
	code = panel_schema_verb_check(&s, 'Q');
	/* Events are selected by words and times, which are no fields. */
	if (code == UNIT_OK && panel_schema_table(&s) < PANEL_TABLES)
		code = panel_schema_values_check(&s, filter);
	if (code == UNIT_OK) {
		n = query_rows(u, &s, filter, rows);
		unit_packets(
			u, c,
			gh_slice_eq(gh_slice_of(s.table->name), GH_LIT("APList")) ? "vmtable"
										  : "tabledata",
			s.table->name, (gh_slice){ (const uint8_t *)rows->str, rows->len }, n);
	} else {
		unit_answer(u, c, code, "");
	}
	panel_schema_close(&s);
	g_string_free(rows, TRUE);
}
