#include "wire/attendance/info.h"

#include "base/number.h"

enum function { FINGERPRINT, FACE, USER_PHOTO, COMPARISON_PHOTO, VISIBLE_FACE };

static gh_slice text_field(gh_slice *s)
{
	gh_slice field;

	gh_slice_cut(*s, ',', &field, s);
	return gh_slice_trim(field);
}

static int64_t count_field(gh_slice *s)
{
	uint64_t v;

	return ghi_number_parse(text_field(s), INT64_MAX, &v) ? -1 : (int64_t)v;
}

static bool info_has_function(gh_slice digits, enum function f)
{
	if (f < digits.n)
		return digits.p[f] == '1';
	return f == FINGERPRINT;
}

void ghi_info_parse(gh_slice s, struct ghi_info *out)
{
	out->firmware = text_field(&s);
	out->users = count_field(&s);
	out->fingerprints = count_field(&s);
	out->punches = count_field(&s);
	out->address = text_field(&s);
	out->fp_version = text_field(&s);
	out->face_version = text_field(&s);
	out->faces_per_enrolment = count_field(&s);
	out->faces = count_field(&s);
	out->functions = text_field(&s);
	out->fingerprint = info_has_function(out->functions, FINGERPRINT);
	out->face = info_has_function(out->functions, FACE);
	out->user_photo = info_has_function(out->functions, USER_PHOTO);
	out->comparison_photo = info_has_function(out->functions, COMPARISON_PHOTO);
	out->visible_face = info_has_function(out->functions, VISIBLE_FACE);
}

static void put_text(struct ghi_writer *w, gh_slice s, bool comma)
{
	if (w->err == GH_OK)
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] < 0x20 || s.p[i] == ',')
				w->err = GH_EMALFORMED;
	ghi_put(w, s);
	if (comma)
		ghi_put_u8(w, ',');
}

static void put_count(struct ghi_writer *w, int64_t v)
{
	if (v >= 0)
		ghi_put_signed(w, v);
	ghi_put_u8(w, ',');
}

void ghi_info_write(struct ghi_writer *w, const struct ghi_info *info)
{
	/* Devices that transfer no faces end after the fingerprint version. */
	bool faces = info->face_version.n || info->faces_per_enrolment >= 0 ||
		     info->faces >= 0 || info->functions.n || !info->fingerprint ||
		     info->face || info->user_photo || info->comparison_photo ||
		     info->visible_face;

	put_text(w, info->firmware, true);
	put_count(w, info->users);
	put_count(w, info->fingerprints);
	put_count(w, info->punches);
	put_text(w, info->address, true);
	put_text(w, info->fp_version, faces);
	if (!faces)
		return;
	put_text(w, info->face_version, true);
	put_count(w, info->faces_per_enrolment);
	put_count(w, info->faces);
	if (info->functions.n) {
		put_text(w, info->functions, false);
		return;
	}
	ghi_put_u8(w, info->fingerprint ? '1' : '0');
	ghi_put_u8(w, info->face ? '1' : '0');
	ghi_put_u8(w, info->user_photo ? '1' : '0');
	if (info->comparison_photo || info->visible_face) {
		ghi_put_u8(w, info->comparison_photo ? '1' : '0');
		ghi_put_u8(w, info->visible_face ? '1' : '0');
	}
}
