/* Rows of tables as they are uploaded. */
#include "sim/access/command.h"
#include "sim/access/subs.h"
#include "wire/access/parameters.h"

#include <stdio.h>

static const char *const upload_fields[PANEL_TABLES] = {
#define PANEL_UPLOAD(NAME, fields) [PANEL_##NAME] = fields,
#include "sim/access/upload.def"
#undef PANEL_UPLOAD
};

/* What a numeric field is when it was never set. */
static const char *field_unset(const char *name)
{
	static const char *const zero[] = { "starttime", "endtime",  "privilege", "disable",
					    "verify",	 "no",	     "index",	  "duress",
					    "format",	 "majorver", "minorver" };

	if (!strcmp(name, "group") || !strcmp(name, "valid"))
		return "1";
	for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		if (!strcmp(name, zero[i]))
			return "0";
	return "";
}

static gh_slice row_bulk(const struct panel_row *row)
{
	static const char *const names[] = { "template", "content", "tmp" };
	gh_slice value = { 0 };

	for (size_t i = 0; i < 3 && value.n == 0; i++)
		value = panel_field(row, names[i]);
	return value;
}

/* The number of a finger that calls for help is 16 higher (7.7). */
static void finger_put(GString *to, const struct panel_row *row)
{
	uint64_t finger = panel_number(row, "fingerid", 0);

	if (panel_number(row, "valid", 1) == 3 && finger < 16)
		finger += 16;
	g_string_append_printf(to, "%u", (unsigned)finger);
}

static void upload_field_put(GString *to, const struct panel_row *row, size_t place,
			     const char *name)
{
	gh_slice value = panel_field(row, name), pin = panel_field(row, "pin");

	if (!strcmp(name, "uid") && value.n == 0)
		g_string_append_printf(to, "%zu", place + 1);
	else if (!strcmp(name, "size") && value.n == 0)
		g_string_append_printf(to, "%zu", row_bulk(row).n);
	else if (!strcmp(name, "filename") && value.n == 0)
		g_string_append_printf(to, "%.*s.jpg", GH_FMT(pin));
	else if (!strcmp(name, "fingerid"))
		finger_put(to, row);
	else if (!strcmp(name, "valid") && panel_number(row, "valid", 1) == 3)
		g_string_append(to, "1");
	else if (value.p)
		g_string_append_len(to, (const char *)value.p, (gssize)value.n);
	else
		g_string_append(to, field_unset(name));
}

static void upload_row_put(GString *to, enum panel_table_id t, const struct panel_row *row,
			   size_t place)
{
	gh_slice names = gh_slice_of(upload_fields[t]), name;
	char text[32];
	bool first = true;

	if (to->len)
		g_string_append_c(to, '\n');
	g_string_append_printf(to, "%s ", panel_table_name(t));
	while (names.n) {
		gh_slice_cut(names, ',', &name, &names);
		snprintf(text, sizeof(text), "%.*s", GH_FMT(name));
		/* The numbers of a photo came with a later version (7.8). */
		if (t == PANEL_BIOPHOTO && (!strcmp(text, "no") || !strcmp(text, "index")) &&
		    panel_field(row, text).p == NULL)
			continue;
		g_string_append_printf(to, "%s%s=", first ? "" : "\t", text);
		upload_field_put(to, row, place, text);
		first = false;
	}
}

uint32_t unit_rows_write(GString *to, const struct panel *p, enum panel_table_id t,
			 gh_slice conditions)
{
	const struct panel_row *row;
	uint32_t n = 0;

	if (t >= PANEL_TABLES || upload_fields[t] == NULL)
		return 0;
	for (size_t i = 0; (row = panel_row_at(&p->tables, t, i)); i++) {
		if (!panel_row_matches(row, conditions))
			continue;
		upload_row_put(to, t, row, i);
		n++;
	}
	return n;
}

/* A line of a table that is no state of the device. */
void unit_line_upload(struct unit *u, const char *table, const char *line)
{
	char query[96];
	struct acc_post *p;

	snprintf(query, sizeof(query), "&table=tabledata&tablename=%s&count=1", table);
	p = acc_outbox_add(&u->outbox, ACC_POST_UPLOAD, "cdata", query, gh_slice_of(line));
	if (p == NULL)
		return;
	snprintf(p->expect, sizeof(p->expect), "%s", table);
	p->count = 1;
}

static void rows_post(struct unit *u, enum panel_table_id t, GString *rows, uint32_t n,
		      const char *type)
{
	char query[128];
	struct acc_post *p;

	snprintf(query, sizeof(query), "%s&table=tabledata&tablename=%s&count=%u", type,
		 panel_table_name(t), n);
	p = acc_outbox_add(&u->outbox, ACC_POST_UPLOAD, "cdata", query,
			   (gh_slice){ (const uint8_t *)rows->str, rows->len });
	if (p == NULL)
		return;
	snprintf(p->expect, sizeof(p->expect), "%s", panel_table_name(t));
	p->count = n;
}

/* Whether both ends have the biometric type of the row (3.1). */
static bool row_is_agreed(const struct unit *u, enum panel_table_id t,
			  const struct panel_row *row)
{
	const char *list = t == PANEL_BIODATA	 ? u->templates
			   : t == PANEL_BIOPHOTO ? u->photos
						 : "";

	return *list == 0 ||
	       gh_slice_eq(ghi_list_part(gh_slice_of(list), panel_number(row, "Type", 0)),
			   GH_LIT("1"));
}

void unit_rows_upload(struct unit *u, enum panel_table_id t, gh_slice conditions)
{
	const struct panel_row *row;
	GString *rows = g_string_new(NULL);
	uint32_t n = 0;

	if (t < PANEL_TABLES && upload_fields[t] && !(u->persona->quirk & ACC_KEEPS_ROWS))
		for (size_t i = 0; (row = panel_row_at(&u->panel.tables, t, i)); i++)
			if (panel_row_matches(row, conditions) && row_is_agreed(u, t, row)) {
				upload_row_put(rows, t, row, i);
				n++;
			}
	if (n)
		rows_post(u, t, rows, n, "");
	g_string_free(rows, TRUE);
}

/* --- sub-controllers of a main controller (5) --- */

void unit_subs_upload(struct unit *u)
{
	static const char prefix[] = GHI_SUB_TABLE " ";
	GString *rows;
	char query[128];
	uint32_t n;

	if (u->subs_n == 0)
		return;
	rows = g_string_new(NULL);
	n = acc_subs_write(rows, u);
	snprintf(query, sizeof(query),
		 "&type=registry&table=tabledata&tablename=" GHI_SUB_TABLE "&count=%u", n);
	if (unit_fault(u, ACC_FAULT_PREFIX_GLUED, sim_next(&u->prng)))
		for (char *at = rows->str; (at = strstr(at, prefix)); at += sizeof(prefix) - 2)
			g_string_erase(rows, at - rows->str + (gssize)sizeof(prefix) - 2, 1);
	if (u->sending == NULL)
		acc_outbox_drop(&u->outbox, query);
	rows_post(u, PANEL_DEVICEAUTHORIZE, rows, n, "&type=registry");
	g_string_free(rows, TRUE);
}
