#include "wire/attendance/verification.h"

#include "base/number.h"

static const struct presented {
	const char *word, *name;
} presented[GHI_PRESENTED_UNKNOWN] = {
#define GHI_PRESENTED(NAME, word, name) [GHI_PRESENTED_##NAME] = { word, name },
#include "wire/attendance/verification.def"
#undef GHI_PRESENTED
};

enum ghi_presented ghi_presented_of(gh_slice word)
{
	enum ghi_presented p = 0;

	word = gh_slice_trim(word);
	while (p < GHI_PRESENTED_UNKNOWN && !gh_slice_ieq(word, gh_slice_of(presented[p].word)))
		p++;
	return p;
}

const char *ghi_presented_word(enum ghi_presented p)
{
	return p < GHI_PRESENTED_UNKNOWN ? presented[p].word : "";
}

const char *ghi_presented_name(enum ghi_presented p)
{
	return p < GHI_PRESENTED_UNKNOWN ? presented[p].name : "";
}

/* Without line ends and blanks behind it. */
static gh_slice line_of(gh_slice body)
{
	while (body.n && (body.p[body.n - 1] == '\n' || body.p[body.n - 1] == '\r' ||
			  body.p[body.n - 1] == '\0'))
		body.n--;
	return body;
}

/* "Key=value": false, it has another key. */
static bool verification_pair_is(gh_slice pair, const char *key, gh_slice *value)
{
	gh_slice name, text;

	if (!gh_slice_cut(pair, '=', &name, &text) ||
	    !gh_slice_ieq(gh_slice_trim(name), gh_slice_of(key)))
		return false;
	*value = text;
	return true;
}

enum gh_err ghi_verification_read(gh_slice body, struct ghi_verification *out)
{
	struct ghi_verification v = { 0 };
	gh_slice rest = line_of(body), pair;
	bool found = false;

	while (rest.n) {
		gh_slice_cut(rest, '\t', &pair, &rest);
		if (verification_pair_is(pair, "PIN", &v.pin))
			v.pin = gh_slice_trim(v.pin);
		else
			found |= verification_pair_is(pair, "TMP", &v.data);
	}
	if (!found)
		return GH_EMALFORMED;
	if (gh_slice_eq(v.pin, GH_LIT("0")))
		v.pin = (gh_slice){ 0 };
	*out = v;
	return GH_OK;
}

void ghi_verification_write(struct ghi_writer *w, const struct ghi_verification *v)
{
	ghi_put(w, GH_LIT("PIN="));
	ghi_put(w, v->pin.n ? v->pin : GH_LIT("0"));
	ghi_put(w, GH_LIT("\tSize="));
	ghi_put_decimal(w, v->data.n);
	ghi_put(w, GH_LIT("\tTMP="));
	ghi_put(w, v->data);
}

static void verdict_pair_write(struct ghi_writer *w, const char *key, gh_slice value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == '\t' || value.p[i] == '\n' || value.p[i] == '\r' ||
		    value.p[i] == '\0')
			w->err = GH_EMALFORMED;
	ghi_put_u8(w, '\t');
	ghi_put(w, gh_slice_of(key));
	ghi_put_u8(w, '=');
	ghi_put(w, value);
}

void ghi_verdict_write(struct ghi_writer *w, const struct ghi_verdict *v)
{
	if (!v->passes) {
		ghi_put(w, GH_LIT("AUTH=Failed\n"));
		return;
	}
	ghi_put(w, GH_LIT("AUTH=Success"));
	verdict_pair_write(w, "PIN", v->pin);
	verdict_pair_write(w, "Name", v->name);
	ghi_put(w, GH_LIT("\tPri="));
	ghi_put_signed(w, v->privilege);
	verdict_pair_write(w, "TZ", v->time_zone);
	if (v->photo.n) {
		ghi_put(w, GH_LIT("\tPhotoSize="));
		ghi_put_decimal(w, v->photo.n);
		verdict_pair_write(w, "Photo", v->photo);
	}
	ghi_put_u8(w, '\n');
}

enum gh_err ghi_verdict_read(gh_slice body, struct ghi_verdict *out)
{
	struct ghi_verdict v = { 0 };
	gh_slice rest = line_of(body), pair, text;

	gh_slice_cut(rest, '\t', &pair, &rest);
	if (!verification_pair_is(pair, "AUTH", &text))
		return GH_EMALFORMED;
	v.passes = gh_slice_ieq(text, GH_LIT("Success"));
	if (!v.passes && !gh_slice_ieq(text, GH_LIT("Failed")))
		return GH_EMALFORMED;
	while (rest.n) {
		uint64_t n;

		gh_slice_cut(rest, '\t', &pair, &rest);
		if (verification_pair_is(pair, "PIN", &v.pin) ||
		    verification_pair_is(pair, "Name", &v.name) ||
		    verification_pair_is(pair, "TZ", &v.time_zone) ||
		    verification_pair_is(pair, "Photo", &v.photo))
			continue;
		if (verification_pair_is(pair, "Pri", &text) &&
		    ghi_number_parse(text, 255, &n) == GH_OK)
			v.privilege = (int64_t)n;
	}
	*out = v;
	return GH_OK;
}
