/* What of biometric types a device and the server have in common, as "gatehouse device show" prints it. */
#include <glib.h>

#include "app/api_client/device.h"

static const struct column biometric_columns[] = {
	{ "TYPE", "type", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "VERSION", "version", CELL_ID },
	{ "TEMPLATES", "templates.count", CELL_ID },
	{ "OF", "templates.most", CELL_ID },
	{ "UPLOADED", "templates.uploaded", CELL_ID | CELL_DROP(1) },
	{ "SENDABLE", "templates.sendable", CELL_ID },
	{ "PHOTOS", "photos.sendable", CELL_ID },
	{ "WHY NOT", "templates.reason", CELL_TEXT | CELL_DROP(2) },
	{ 0 },
};

/* Whether the device reported anything of the type. */
static bool row_is_known(json_t *row)
{
	return json_is_string(json_object_get(row, "version")) ||
	       json_is_boolean(table_member(row, "templates.device")) ||
	       json_is_boolean(table_member(row, "photos.device"));
}

void device_biometrics_print(json_t *device)
{
	json_t *known = json_array(), *row;
	size_t i;

	json_array_foreach(json_object_get(device, "biometrics"), i, row)
	{
		if (row_is_known(row))
			json_array_append(known, row);
	}
	if (json_array_size(known)) {
		printf("\nBiometrics\n");
		table_print(stdout, known, biometric_columns, table_terminal());
	}
	json_decref(known);
}
