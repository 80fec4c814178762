/* POST file and the overview: the stored events of a unit, packed, as it answers ACCOUNT (Security PUSH 3.1.2,
 * 9.2). What is in the ledger already is recognised, so what was missing is there once. Where a file is
 * damaged, or has fewer records than the unit counted, the events are queried row by row. */
#include "wire/access/account.h"

#include <stdio.h>

#include "base/number.h"
#include "core/access/account.h"
#include "session/access/upload.h"
#include "session/files.h"

enum gh_err access_overview_read(struct access_upload *u)
{
	struct exchange *x = u->x;
	struct ghi_account_overview o;
	char records[24], files[24];

	if (ghi_account_overview_parse(x->body, &o))
		return access_kept_read(u);
	u->ended = true;
	snprintf(records, sizeof(records), "%llu", (unsigned long long)o.records);
	snprintf(files, sizeof(files), "%llu", (unsigned long long)o.files);
	LOG(x->server->log, LOG_INFO, "unit sends its stored events", { "sn", x->sn },
	    { "records", gh_slice_of(records) }, { "files", gh_slice_of(files) });
	return GH_OK;
}

void access_file(struct exchange *x)
{
	gh_slice table = gh_slice_trim(exchange_param(x, "table"));

	if (x->body.n == 0)
		files_serve(x);
	else if (gh_slice_ieq(table, GH_LIT("transaction")))
		access_upload_begin(x, &(struct access_upload_form){ .table = table,
								     .counted = true,
								     .plain_reply = true,
								     .file = x->body });
	else
		access_upload_begin(x, &(struct access_upload_form){ .table = GH_LIT("file") });
}

void access_account_judge(struct access_upload *u)
{
	struct exchange *x = u->x;
	uint64_t declared = 0;

	if (!gh_slice_ieq(u->table, GH_LIT("transaction")))
		return;
	if (ghi_number_parse(gh_slice_trim(exchange_param(x, "count")), INT64_MAX, &declared))
		declared = 0;
	if (u->refused || u->rows < declared)
		account_query(x->server, x->device);
}
