/* The devices that "gatehouse person" writes to: --device, and the options that select devices. */
#include <glib.h>

#include "app/api_client/person.h"

bool person_devices_given(const struct cmd *c)
{
	return c->opt[CMD_device] || selection_given(c, NULL);
}

int person_devices_read(struct cmd *c, struct person_devices *out)
{
	const char *given = c->opt[CMD_device];
	char **word = given ? g_strsplit(given, ",", -1) : NULL;
	json_t *row;
	size_t i;

	*out = (struct person_devices){ 0 };
	/* It is no parameter of the list of devices. */
	c->opt[CMD_device] = NULL;
	int end = selection_find(c, word, word ? (int)g_strv_length(word) : 0, &out->selection);

	c->opt[CMD_device] = given;
	g_strfreev(word);
	if (end)
		return end;
	out->sn = g_new0(char *, json_array_size(out->selection.rows) + 1);
	json_array_foreach(out->selection.rows, i, row)
	{
		out->sn[i] = g_strdup(json_string_value(json_object_get(row, "sn")));
	}
	return CMD_OK;
}

void person_devices_clear(struct person_devices *d)
{
	selection_clear(&d->selection);
	g_strfreev(d->sn);
	d->sn = NULL;
}

int person_devices_confirm(struct cmd *c, const struct person_devices *d, const char *what)
{
	return !d->selection.chosen || selection_confirm(c, &d->selection, what) ? CMD_OK
										 : CMD_USAGE;
}
