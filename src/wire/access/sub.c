#include "wire/access/sub.h"

#include "base/number.h"
#include "wire/access/row.h"

/* A number below `end`; what is absent or empty is 0. */
static bool sub_number(const struct ghi_row *r, const char *key, int64_t end, int64_t *out)
{
	gh_slice value = { 0 };

	*out = 0;
	if (!ghi_row_get(r, key, &value) || gh_slice_trim(value).n == 0)
		return true;
	return ghi_signed_parse(gh_slice_trim(value), 0, end - 1, out) == GH_OK;
}

static gh_slice sub_text(const struct ghi_row *r, const char *key)
{
	gh_slice value = { 0 };

	return ghi_row_get(r, key, &value) ? gh_slice_trim(value) : (gh_slice){ 0 };
}

enum gh_err ghi_sub_parse(gh_slice line, struct ghi_sub *out)
{
	struct ghi_row r = ghi_row_of(line, GH_LIT(GHI_SUB_TABLE));
	struct ghi_sub s = { .sn = sub_text(&r, "SN") };
	int64_t online, step;

	if (s.sn.n == 0 || !sub_number(&r, "Online", 2, &online) ||
	    !sub_number(&r, "IsAuthorize", GHI_SUB_STEPS, &step))
		return GH_EMALFORMED;
	s.online = online;
	s.step = (enum ghi_sub_step)step;
	s.brief = sub_text(&r, "AuthorizeInfo");
	s.registration = sub_text(&r, "RegisterInfo");
	*out = s;
	return GH_OK;
}

void ghi_sub_write(struct ghi_writer *w, const struct ghi_sub *s)
{
	uint8_t digit[2] = { (uint8_t)('0' + s->online), (uint8_t)('0' + (int)s->step) };
	bool first = true;

	if (s->sn.n == 0 && w->err == GH_OK)
		w->err = GH_EMALFORMED;
	ghi_put(w, GH_LIT(GHI_SUB_TABLE " "));
	ghi_row_put(w, &first, GH_LIT("SN"), s->sn);
	ghi_row_put(w, &first, GH_LIT("Online"), (gh_slice){ &digit[0], 1 });
	ghi_row_put(w, &first, GH_LIT("IsAuthorize"), (gh_slice){ &digit[1], 1 });
	ghi_row_put(w, &first, GH_LIT("AuthorizeInfo"), s->brief);
	ghi_row_put(w, &first, GH_LIT("RegisterInfo"), s->registration);
}
