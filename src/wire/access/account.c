#include "wire/access/account.h"

#include "base/number.h"

enum gh_err ghi_account_overview_parse(gh_slice body, struct ghi_account_overview *out)
{
	bool records = false, files = false;

	*out = (struct ghi_account_overview){ 0 };
	while (body.n) {
		gh_slice line, name, value;

		gh_slice_cut(body, '\n', &line, &body);
		if (!gh_slice_cut(gh_slice_trim(line), '=', &name, &value))
			continue;
		name = gh_slice_trim(name);
		value = gh_slice_trim(value);
		if (gh_slice_ieq(name, GH_LIT("SumCount")))
			records = ghi_number_parse(value, INT64_MAX, &out->records) == GH_OK;
		else if (gh_slice_ieq(name, GH_LIT("FileCount")))
			files = ghi_number_parse(value, INT32_MAX, &out->files) == GH_OK;
		else if (gh_slice_ieq(name, GH_LIT("FileName")))
			out->name = value;
		else if (gh_slice_ieq(name, GH_LIT("ContentType")))
			out->type = value;
	}
	return records && files ? GH_OK : GH_EMALFORMED;
}

void ghi_account_overview_write(struct ghi_writer *w, const struct ghi_account_overview *o)
{
	ghi_put(w, GH_LIT("SumCount="));
	ghi_put_decimal(w, o->records);
	ghi_put(w, GH_LIT("\nFileName="));
	ghi_put(w, o->name);
	ghi_put(w, GH_LIT("\nContentType="));
	ghi_put(w, o->type);
	ghi_put(w, GH_LIT("\nFileCount="));
	ghi_put_decimal(w, o->files);
}
