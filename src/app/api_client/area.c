/* gatehouse area …: where devices stand, and people belong. */
#include "app/api_client/access.h"
#include "app/subcommands.h"

static const struct column area_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "PARENT", "parent", CELL_ID },
	{ "NAMESPACE", "namespace", CELL_ID },
	{ 0 },
};

static const struct column area_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Lies in", "parent", CELL_TEXT },
	{ "Namespace", "namespace", CELL_TEXT },
	{ "Devices may change", "deviceMayChange", CELL_TEXT },
	{ "Enrolments spread", "spreadEnrolments", CELL_TEXT },
	{ "Deletions spread", "spreadDeletions", CELL_TEXT },
	{ 0 },
};

static const struct verb area_verbs[] = { KIND_VERBS(
	"/api/areas", "Area", area_columns, area_shown, "NAME",
	"Yard parent=1\nBerlin namespace=berlin", "2 name=Court parent=1", "2") };

int cmd_area(int argc, char **argv)
{
	static const struct noun noun = { "area", "Areas", area_verbs };

	return cmd_run(&noun, argc, argv);
}
