/* gatehouse terminal HOST info, time, option */
#include <glib.h>
#include <string.h>

#include "app/message.h"
#include "app/nearest.h"
#include "app/terminal/table.h"
#include "app/terminal/terminal.h"
#include "base/civil_time.h"
#include "base/clock.h"

/* --- info --- */

static const struct out_column info_columns[] = {
	{ "serial", "Serial number", CELL_TEXT },
	{ "name", "Name", CELL_TEXT },
	{ "platform", "Platform", CELL_TEXT },
	{ "firmware", "Firmware", CELL_TEXT },
	{ "vendor", "Vendor", CELL_TEXT },
	{ "os", "System", CELL_TEXT },
	{ "produced", "Made", CELL_TEXT },
	{ "mac", "MAC", CELL_TEXT },
	{ "ip", "Address", CELL_TEXT },
	{ "mask", "Mask", CELL_TEXT },
	{ "gateway", "Gateway", CELL_TEXT },
	{ "transport", "Reached over", CELL_TEXT },
	{ "pin_width", "Digits of a PIN", CELL_TEXT },
	{ "fingerprint_version", "Fingerprint version", CELL_TEXT },
	{ "face_version", "Face version", CELL_TEXT },
	{ "finger_on", NULL, CELL_TEXT },
	{ "face_on", NULL, CELL_TEXT },
	{ "photo_on", NULL, CELL_TEXT },
	{ "users", "Users", CELL_TEXT },
	{ "users_capacity", "  of at most", CELL_TEXT },
	{ "admins", "Administrators", CELL_TEXT },
	{ "passwords", "Passwords", CELL_TEXT },
	{ "templates", "Fingers", CELL_TEXT },
	{ "templates_capacity", "  of at most", CELL_TEXT },
	{ "faces", "Faces", CELL_TEXT },
	{ "faces_capacity", "  of at most", CELL_TEXT },
	{ "punches", "Punches", CELL_TEXT },
	{ "punches_capacity", "  of at most", CELL_TEXT },
	{ "oplogs", "Operations", CELL_TEXT },
	{ 0 },
};

static struct out_value value_text(const char *text)
{
	return *text ? out_text(text) : (struct out_value){ 0 };
}

int terminal_info(struct terminal *c)
{
	struct gh_terminal_info i;
	const struct gh_counters *n = &i.counters;
	struct out *o;
	int end = terminal_open(c);

	if (end)
		return end;
	if (gh_terminal_info(c->device, &i))
		return terminal_failed(c);
	const struct out_value values[] = {
		value_text(i.serial),	   value_text(i.name),
		value_text(i.platform),	   value_text(i.firmware),
		value_text(i.vendor),	   value_text(i.os),
		value_text(i.produced),	   value_text(i.mac),
		value_text(i.ip),	   value_text(i.mask),
		value_text(i.gateway),	   out_text(gh_terminal_transport(c->device)),
		out_count(i.pin_width),	   out_count(i.fingerprint_version),
		out_count(i.face_version), out_count(i.finger_on),
		out_count(i.face_on),	   out_count(i.photo_on),
		out_count(n->users),	   out_count(n->users_capacity),
		out_count(n->admins),	   out_count(n->passwords),
		out_count(n->templates),   out_count(n->templates_capacity),
		out_count(n->faces),	   out_count(n->faces_capacity),
		out_count(n->punches),	   out_count(n->punches_capacity),
		out_count(n->oplogs),
	};
	G_STATIC_ASSERT(G_N_ELEMENTS(values) == G_N_ELEMENTS(info_columns) - 1);
	o = terminal_out(c, info_columns, OUT_ONE);
	out_row(o, values);
	return terminal_out_end(o, TERMINAL_OK);
}

/* --- time --- */

static void time_local(struct gh_time *out)
{
	GDateTime *now = g_date_time_new_from_unix_local(ghi_clock_wall_ms() / 1000);

	*out = (struct gh_time){ .year = (uint16_t)g_date_time_get_year(now),
				 .month = (uint8_t)g_date_time_get_month(now),
				 .day = (uint8_t)g_date_time_get_day_of_month(now),
				 .hour = (uint8_t)g_date_time_get_hour(now),
				 .minute = (uint8_t)g_date_time_get_minute(now),
				 .second = (uint8_t)g_date_time_get_second(now),
				 .valid = 1 };
	g_date_time_unref(now);
}

/* Seconds that a is ahead of b. */
static int64_t time_ahead(const struct gh_time *a, const struct gh_time *b)
{
	const struct gh_time *t[] = { a, b };
	int64_t at[2];

	for (int i = 0; i < 2; i++) {
		GDateTime *d = g_date_time_new_utc(t[i]->year, t[i]->month, t[i]->day,
						   t[i]->hour, t[i]->minute, t[i]->second);

		if (d == NULL)
			return 0;
		at[i] = g_date_time_to_unix(d);
		g_date_time_unref(d);
	}
	return at[0] - at[1];
}

static int device_time_show(struct terminal *c)
{
	static const struct out_column columns[] = { { "time", "Device", CELL_TEXT },
						     { "here", "This computer", CELL_TEXT },
						     { "ahead", "Seconds ahead", CELL_TEXT },
						     { "flags", "Flags", CELL_TEXT },
						     { 0 } };
	char text[2][GH_TIME_TEXT];
	struct gh_time device, now;
	struct out *o;

	if (gh_terminal_time_get(c->device, &device))
		return terminal_failed(c);
	time_local(&now);
	gh_time_format(&device, text[0]);
	gh_time_format(&now, text[1]);
	const struct out_value values[] = { out_text(text[0]), out_text(text[1]),
					    device.valid ? out_number(time_ahead(&device, &now))
							 : (struct out_value){ 0 },
					    out_flag(device.valid ? NULL : "impossible_date") };
	o = terminal_out(c, columns, OUT_ONE);
	out_row(o, values);
	return terminal_out_end(o, TERMINAL_OK);
}

int terminal_time(struct terminal *c)
{
	int end = terminal_open(c);

	return end ? end : device_time_show(c);
}

int terminal_time_set(struct terminal *c)
{
	struct gh_time when = { 0 };
	bool now = c->argc == 0 || (c->argc == 1 && !strcmp(c->argv[0], "now"));
	char *text = c->argc == 2 ? g_strdup_printf("%s %s", c->argv[0], c->argv[1])
				  : g_strdup(c->argc ? c->argv[0] : "");
	int end = TERMINAL_OK;

	if (text[0] && strlen(text) > 10 && text[10] == 'T')
		text[10] = ' ';
	if (!now && (gh_time_parse(text, &when) || !when.valid))
		end = terminal_misuse("%s: no such moment; write it as YYYY-MM-DD HH:MM:SS",
				      text);
	g_free(text);
	if (end == TERMINAL_OK)
		end = terminal_open(c);
	if (end)
		return end;
	if (now)
		time_local(&when);
	if (gh_terminal_time_set(c->device, &when))
		return terminal_failed(c);
	return device_time_show(c);
}

/* --- option --- */

static int option_name(const char *name)
{
	if (*name == 0 || strchr(name, '=') || strlen(name) > 100)
		return terminal_misuse("%s: this is no name of an option", name);
	return TERMINAL_OK;
}

/* The device answers the same for one that is empty. */
static int option_unknown(struct terminal *c, const char *name)
{
	static const char *const names[] = {
#define SAVED_OPTION(name) name,
#include "app/terminal/archive.def"
#undef SAVED_OPTION
	};
	const char *meant = word_nearest(name, names, G_N_ELEMENTS(names));

	message_print("%s: the device has no option \"%s\", or it is empty%s%s%s", c->address,
		      name, meant ? "; did you mean " : "", meant ? meant : "",
		      meant ? "?" : "");
	return TERMINAL_REFUSED;
}

int terminal_option_get(struct terminal *c)
{
	static const struct out_column columns[] = { { "name", NULL, CELL_TEXT },
						     { "value", "Value", CELL_TEXT },
						     { 0 } };
	char value[4096];
	struct out *o;
	int end = option_name(c->argv[0]);

	if (end == TERMINAL_OK)
		end = terminal_open(c);
	if (end)
		return end;
	enum gh_err err = gh_terminal_option_get(c->device, c->argv[0], value, sizeof(value));

	/* A connection that is gone, or a wrong comm key, is found when it is opened. */
	if (err == GH_ENOTFOUND || err == GH_EDENIED)
		return option_unknown(c, c->argv[0]);
	if (err)
		return terminal_failed(c);
	if (c->format == OUT_TABLE) {
		char *shown = out_table_text(value);

		terminal_done(c, "%s", shown);
		g_free(shown);
		return TERMINAL_OK;
	}
	o = terminal_out(c, columns, OUT_ONE);
	out_row(o, (const struct out_value[]){ out_text(c->argv[0]), out_text(value) });
	return terminal_out_end(o, TERMINAL_OK);
}

int terminal_option_set(struct terminal *c)
{
	int end = option_name(c->argv[0]);

	if (end == TERMINAL_OK)
		end = terminal_open(c);
	if (end)
		return end;
	if (gh_terminal_option_set(c->device, c->argv[0], c->argv[1]))
		return terminal_failed(c);
	terminal_done(c, "%s=%s", c->argv[0], c->argv[1]);
	return TERMINAL_OK;
}
