#include "app/api_client/period.h"

#include <glib.h>
#include <string.h>

#include "app/message.h"
#include "base/clock.h"
#include "base/number.h"

/* YYYY-MM, or its first (0) and last day as dates. */
static bool month_days(const char *month, char first[16], char last[16])
{
	uint64_t y, m;
	gh_slice text = gh_slice_of(month), year, rest;

	if (strlen(month) != 7 || !gh_slice_cut(text, '-', &year, &rest) || year.n != 4 ||
	    ghi_number_parse(year, 9999, &y) || y < 1970 || ghi_number_parse(rest, 12, &m) ||
	    m == 0)
		return false;
	g_snprintf(first, 16, "%s-01", month);
	g_snprintf(last, 16, "%s-%02u", month,
		   g_date_get_days_in_month((GDateMonth)m, (GDateYear)y));
	return true;
}

int cmd_period_read(struct cmd *c)
{
	const char *month = c->opt[CMD_month], *today = c->opt[CMD_today];
	GDateTime *now;
	char *text;

	if (month == NULL && today == NULL)
		return CMD_OK;
	if (c->opt[CMD_from] || c->opt[CMD_to] || (month && today)) {
		message_print("only one of --today, --month, and --from with --to");
		return CMD_USAGE;
	}
	if (today) {
		now = g_date_time_new_from_unix_local(ghi_clock_wall_ms() / 1000);
		text = g_date_time_format(now, "%Y-%m-%d");
		g_strlcpy(c->period[0], text, sizeof(c->period[0]));
		g_strlcpy(c->period[1], text, sizeof(c->period[1]));
		g_free(text);
		g_date_time_unref(now);
	} else if (!month_days(month, c->period[0], c->period[1])) {
		message_print("--month is \"%s\": must be YYYY-MM", month);
		return CMD_USAGE;
	}
	c->opt[CMD_from] = c->period[0];
	c->opt[CMD_to] = c->period[1];
	return CMD_OK;
}

int cmd_list_latest(struct cmd *c)
{
	int end = cmd_period_read(c);

	if (end)
		return end;
	if (c->opt[CMD_after] || c->opt[CMD_before] || c->opt[CMD_sort] || c->opt[CMD_cursor]) {
		if (c->opt[CMD_last] == NULL)
			return cmd_list(c);
		message_print("--last takes no --after, --before, --sort or --cursor");
		return CMD_USAGE;
	}
	c->latest = true;
	if (c->opt[CMD_last])
		c->opt[CMD_limit] = c->opt[CMD_last];
	c->opt[CMD_before] = "9223372036854775807";
	return cmd_list(c);
}
