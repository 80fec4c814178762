/* The tables of access units: the reader of each (Security PUSH 3.1.2, 4.6, 5, 7, 9.2, 9.4, 9.6). A table
 * without a row here is not known: it is stored unchanged, and a problem. */
#include "session/access/upload.h"
#include "wire/access/parameters.h"

/* Names and values; names are kept as they are written (4.6, 9.5.2). */
static enum gh_err access_options_read(struct access_upload *u)
{
	enum gh_err err = GH_OK;
	gh_slice key, value;

	while (err == GH_OK && !access_turn_over(u)) {
		u->ended = !ghi_parameters_next(&u->settings, &key, &value);
		if (u->ended)
			break;
		u->rows++;
		err = ingest_option(u->in, key, value);
	}
	return err;
}

static const struct access_table access_tables[] = {
	{ "BioData", false, access_enrolled_templates_read, false },
	{ "DeviceAuthorize", true, access_subs_read, false },
	{ "EnrollInfoData", false, access_enrolled_cards_read, false },
	{ "file", false, access_kept_read, false },
	{ "linkphotoinfo", false, access_link_photos_read, true },
	{ "overview", false, access_overview_read, false },
	{ "testdata", false, access_kept_read, false },
	{ "options", false, access_options_read, false },
	{ "rtlog", false, access_live_events_read, true },
	{ "transaction", true, access_stored_events_read, true },
	{ "user", true, access_records_read, true },
	{ "templatev10", true, access_records_read, true },
	{ "biodata", true, access_records_read, true },
	{ "biophoto", true, access_records_read, true },
	{ "userpic", true, access_records_read, true },
	{ "ATTPHOTO", true, access_photos_read, true },
	{ "identitycard", true, access_records_read, true },
	{ "errorlog", true, access_records_read, true },
};

const struct access_table *access_table_find(gh_slice name, bool counted)
{
	for (size_t i = 0; i < sizeof(access_tables) / sizeof(access_tables[0]); i++)
		if (access_tables[i].counted == counted &&
		    gh_slice_ieq(name, gh_slice_of(access_tables[i].name)))
			return &access_tables[i];
	return NULL;
}
