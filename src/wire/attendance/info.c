#include "wire/attendance/info.h"

#include "base/number.h"

enum function { FINGERPRINT, FACE, USER_PHOTO, COMPARISON_PHOTO, VISIBLE_FACE };

static gh_slice text_field(gh_slice *s)
{
	gh_slice field;

	gh_slice_cut(*s, ',', &field, s);
	return gh_slice_trim(field);
}

static int64_t info_field_count(gh_slice *s)
{
	uint64_t v;

	return ghi_number_parse(text_field(s), INT32_MAX, &v) ? -1 : (int64_t)v;
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
	out->users = info_field_count(&s);
	out->fingerprints = info_field_count(&s);
	out->punches = info_field_count(&s);
	out->address = text_field(&s);
	out->fp_version = text_field(&s);
	out->face_version = text_field(&s);
	out->faces_per_enrolment = info_field_count(&s);
	out->faces = info_field_count(&s);
	out->functions = text_field(&s);
	out->fingerprint = info_has_function(out->functions, FINGERPRINT);
	out->face = info_has_function(out->functions, FACE);
	out->user_photo = info_has_function(out->functions, USER_PHOTO);
	out->comparison_photo = info_has_function(out->functions, COMPARISON_PHOTO);
	out->visible_face = info_has_function(out->functions, VISIBLE_FACE);
}

static void info_text_put(struct ghi_writer *w, gh_slice s, bool comma)
{
	if (w->err == GH_OK)
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] < 0x20 || s.p[i] == ',')
				w->err = GH_EMALFORMED;
	ghi_put(w, s);
	if (comma)
		ghi_put_u8(w, ',');
}

static void info_count_put(struct ghi_writer *w, int64_t v)
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

	info_text_put(w, info->firmware, true);
	info_count_put(w, info->users);
	info_count_put(w, info->fingerprints);
	info_count_put(w, info->punches);
	info_text_put(w, info->address, true);
	info_text_put(w, info->fp_version, faces);
	if (!faces)
		return;
	info_text_put(w, info->face_version, true);
	info_count_put(w, info->faces_per_enrolment);
	info_count_put(w, info->faces);
	if (info->functions.n) {
		info_text_put(w, info->functions, false);
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
