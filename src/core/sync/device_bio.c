#include "core/sync/device_bio.h"

#include "base/number.h"
#include "model/credential_form.h"

struct device_bio device_bio_unknown(void)
{
	struct device_bio b;

	memset(&b, 0, sizeof(b));
	memset(b.takes_data, -1, sizeof(b.takes_data));
	memset(b.takes_photo, -1, sizeof(b.takes_photo));
	for (size_t i = 0; i < BIO_TYPES; i++)
		b.data[i] = b.data_most[i] = b.photos[i] = b.photos_most[i] = -1;
	return b;
}

/* "10.0" and "10" are one version, "0" and "" none. */
void device_bio_version_set(char to[BIO_VERSION], gh_slice text)
{
	gh_slice whole, rest;

	gh_slice_cut(gh_slice_trim(text), '.', &whole, &rest);
	if (whole.n == 0 || gh_slice_eq(whole, GH_LIT("0")) || whole.n >= BIO_VERSION)
		return;
	memcpy(to, whole.p, whole.n);
	to[whole.n] = 0;
}

/* "0:10.0:7.0:…", one for each biometric type. */
static void versions_set(struct device_bio *b, gh_slice text)
{
	gh_slice one;

	for (size_t i = 0; i < BIO_TYPES && text.n; i++) {
		gh_slice_cut(text, ':', &one, &text);
		device_bio_version_set(b->unified[i], one);
	}
}

static void types_taken_set(int8_t takes[BIO_TYPES], gh_slice text)
{
	gh_slice one;

	for (size_t i = 0; i < BIO_TYPES && text.n; i++) {
		gh_slice_cut(text, ':', &one, &text);
		one = gh_slice_trim(one);
		takes[i] = gh_slice_eq(one, GH_LIT("0"))   ? 0
			   : gh_slice_eq(one, GH_LIT("1")) ? 1
							   : -1;
	}
}

static void counts_set(int32_t counts[BIO_TYPES], gh_slice text)
{
	gh_slice one;
	uint64_t n;

	for (size_t i = 0; i < BIO_TYPES && text.n; i++) {
		gh_slice_cut(text, ':', &one, &text);
		counts[i] =
			ghi_number_parse(gh_slice_trim(one), INT32_MAX, &n) ? -1 : (int32_t)n;
	}
}

/* The lists of ten; false: it is none of them. */
static bool device_bio_list_see(struct device_bio *b, gh_slice key, gh_slice value)
{
	const struct {
		const char *key;
		int32_t *counts;
		int8_t *takes;
	} lists[] = {
		{ "MultiBioDataSupport", NULL, b->takes_data },
		{ "MultiBioPhotoSupport", NULL, b->takes_photo },
		{ "MultiBioDataCount", b->data, NULL },
		{ "MultiBioCount", b->data, NULL },
		{ "MultiBioPhotoCount", b->photos, NULL },
		{ "MaxMultiBioDataCount", b->data_most, NULL },
		{ "MaxMultiBioPhotoCount", b->photos_most, NULL },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (!gh_slice_ieq(key, gh_slice_of(lists[i].key)))
			continue;
		if (lists[i].counts)
			counts_set(lists[i].counts, value);
		else
			types_taken_set(lists[i].takes, value);
		return true;
	}
	return false;
}

/* Attendance PUSH 2020-03, 8; of terminals as session/terminal/control.c names them. */
void device_bio_option_see(struct device_bio *b, gh_slice key, gh_slice value)
{
	if (key.n && key.p[0] == '~')
		key = gh_slice_from(key, 1);
	if (gh_slice_ieq(key, GH_LIT("FPVersion")) || gh_slice_ieq(key, GH_LIT("ZKFPVersion")))
		device_bio_version_set(b->fingerprint, value);
	else if (gh_slice_ieq(key, GH_LIT("FaceVersion")) ||
		 gh_slice_ieq(key, GH_LIT("ZKFaceVersion")))
		device_bio_version_set(b->face, value);
	else if (gh_slice_ieq(key, GH_LIT("FvVersion")))
		device_bio_version_set(b->finger_vein, value);
	else if (gh_slice_ieq(key, GH_LIT("MultiBioVersion")))
		versions_set(b, value);
	else
		(void)device_bio_list_see(b, key, value);
	for (size_t i = 0; i < COMMAND_NEEDS; i++) {
		if (!gh_slice_ieq(key, gh_slice_of(command_needs[i].option)))
			continue;
		b->denies[i] = gh_slice_eq(gh_slice_trim(value), GH_LIT("0"));
		b->denies_by_digit[i] = false;
	}
}

/* What its digits deny, where no setting has it. Digits that are not there deny nothing. */
void device_bio_functions_see(struct device_bio *b, gh_slice digits)
{
	for (size_t i = 0; i < COMMAND_NEEDS; i++) {
		size_t digit = command_needs[i].digit;

		if (digit == 0 || digit > digits.n || digits.p[digit - 1] != '0')
			continue;
		b->denies[i] = b->denies_by_digit[i] = true;
	}
	if (digits.n && digits.n < sizeof(b->functions))
		memcpy(b->functions, digits.p, digits.n);
}

void device_bio_settle(struct device_bio *b)
{
	for (size_t i = 0; i < BIO_TYPES; i++)
		if (b->takes_photo[i] == 1 && b->denies_by_digit[COMMAND_NEED_COMPARISON_PHOTO])
			b->denies[COMMAND_NEED_COMPARISON_PHOTO] = false;
}

/* Of the algorithm that makes or matches templates of a type on a device. */
const char *device_bio_version(const struct device_bio *b, enum command_kind command,
			       int64_t type)
{
	bool unified = command == COMMAND_KIND_UPDATE_BIODATA;

	if (unified && type >= 0 && type < BIO_TYPES && b->unified[type][0])
		return b->unified[type];
	switch (type) {
	case TYPE_FINGERPRINT:
		return b->fingerprint;
	case TYPE_FACE:
	case TYPE_VISIBLE_FACE:
		return b->face;
	case TYPE_FINGER_VEIN:
		return b->finger_vein;
	default:
		return "";
	}
}
