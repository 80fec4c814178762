#include "api/person_bio.h"

#include <stdio.h>

#include "base/number.h"
#include "core/access/unit_parameters.h"
#include "model/biometric_type.h"
#include "wire/access/parameters.h"
#include "wire/attendance/info.h"

enum { TYPE_FINGERPRINT = 1, TYPE_FACE = 2, TYPE_FINGER_VEIN = 7, TYPE_VISIBLE_FACE = 9 };

/* --- what the device reports --- */

/* "10.0" and "10" are one version, "0" and "" none. */
static void version_set(char to[BIO_VERSION], gh_slice text)
{
	gh_slice whole, rest;

	gh_slice_cut(gh_slice_trim(text), '.', &whole, &rest);
	if (whole.n == 0 || gh_slice_eq(whole, GH_LIT("0")) || whole.n >= BIO_VERSION)
		return;
	memcpy(to, whole.p, whole.n);
	to[whole.n] = 0;
}

/* "0:10.0:7.0:…", one for each biometric type. */
static void versions_set(struct person_bio *b, gh_slice text)
{
	gh_slice one;

	for (size_t i = 0; i < BIO_TYPES && text.n; i++) {
		gh_slice_cut(text, ':', &one, &text);
		version_set(b->unified[i], one);
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
static bool bio_list_see(struct person_bio *b, gh_slice key, gh_slice value)
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
static bool bio_option_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct person_bio *b = ctx;

	(void)device;
	if (key.n && key.p[0] == '~')
		key = gh_slice_from(key, 1);
	if (gh_slice_ieq(key, GH_LIT("FPVersion")) || gh_slice_ieq(key, GH_LIT("ZKFPVersion")))
		version_set(b->fingerprint, value);
	else if (gh_slice_ieq(key, GH_LIT("FaceVersion")) ||
		 gh_slice_ieq(key, GH_LIT("ZKFaceVersion")))
		version_set(b->face, value);
	else if (gh_slice_ieq(key, GH_LIT("FvVersion")))
		version_set(b->finger_vein, value);
	else if (gh_slice_ieq(key, GH_LIT("MultiBioVersion")))
		versions_set(b, value);
	else
		(void)bio_list_see(b, key, value);
	for (size_t i = 0; i < COMMAND_NEEDS; i++) {
		if (!gh_slice_ieq(key, gh_slice_of(command_needs[i].option)))
			continue;
		b->denies[i] = gh_slice_eq(gh_slice_trim(value), GH_LIT("0"));
		b->denies_by_digit[i] = false;
	}
	return true;
}

/* An access unit reports these when it registers, and changes of them later (Security PUSH 3.1.2, 4.4). */
static enum gh_err unit_bio_read(const struct store_ops *ops, struct store_reader *reader,
				 int64_t device, gh_slice registered, struct arena *a,
				 struct person_bio *out)
{
	gh_slice parameters = { 0 }, name, value;
	enum gh_err err = unit_parameters_read(ops, reader, device, registered, a, &parameters);
	struct ghi_parameters list = ghi_parameters_of(parameters);

	out->access = true;
	while (err == GH_OK && ghi_parameters_next(&list, &name, &value))
		(void)bio_option_see(out, device, name, value);
	return err;
}

/* What its digits deny, where no setting has it. Digits that are not there deny nothing. */
static void functions_see(struct person_bio *b, gh_slice digits)
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

enum gh_err person_bio_read(const struct store_ops *ops, struct store_reader *reader,
			    struct device *d, struct arena *a, struct person_bio *out)
{
	struct device_row row;
	struct ghi_info info;

	memset(out, 0, sizeof(*out));
	memset(out->takes_data, -1, sizeof(out->takes_data));
	memset(out->takes_photo, -1, sizeof(out->takes_photo));
	for (size_t i = 0; i < BIO_TYPES; i++)
		out->data[i] = out->data_most[i] = out->photos[i] = out->photos_most[i] = -1;
	out->terminal = device_is_terminal(d);
	device_row(d, a, &row);
	if (device_dialect(d) == DEVICE_ACCESS)
		return unit_bio_read(ops, reader, device_id(d), row.access.parameters, a, out);
	ghi_info_parse(row.attendance.info, &info);
	version_set(out->fingerprint, info.fp_version);
	version_set(out->face, info.face_version);
	functions_see(out, info.functions);
	snprintf(out->push_version, sizeof(out->push_version), "%.*s",
		 GH_FMT(row.attendance.push_version));
	enum gh_err err = ops->options_read(reader, device_id(d), bio_option_see, out);

	/* Photos by type are the newer report. */
	for (size_t i = 0; i < BIO_TYPES; i++)
		if (out->takes_photo[i] == 1 &&
		    out->denies_by_digit[COMMAND_NEED_COMPARISON_PHOTO])
			out->denies[COMMAND_NEED_COMPARISON_PHOTO] = false;
	return err;
}

/* --- templates --- */

static const struct template_source {
	const char *source, *name;
	enum command_kind command;
} sources[] = {
	{ "fp", "fingerprint", COMMAND_KIND_UPDATE_FINGERPRINT },
	{ "face", "face", COMMAND_KIND_UPDATE_FACE },
	{ "fvein", "finger vein", COMMAND_KIND_UPDATE_FINGER_VEIN },
	{ "biodata", "unified template", COMMAND_KIND_UPDATE_BIODATA },
};

static const struct template_source *template_source_of(const struct template *t)
{
	size_t last = sizeof(sources) / sizeof(sources[0]) - 1;

	for (size_t i = 0; i < last; i++)
		if (gh_slice_eq(t->source, gh_slice_of(sources[i].source)))
			return &sources[i];
	return &sources[last];
}

const char *person_bio_name(const struct template *t)
{
	return template_source_of(t)->name;
}

enum command_kind person_bio_command(const struct template *t)
{
	return template_source_of(t)->command;
}

/* Of the algorithm that makes or matches templates of a type on a device. */
static const char *version_of(const struct person_bio *b, enum command_kind command,
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

bool person_bio_fits(const struct template *t, const struct person_bio *from,
		     const struct person_bio *to, char why[BIO_WHY])
{
	enum command_kind command = person_bio_command(t);
	enum command_need need = command_kind_row(command)->need;
	const char *there = version_of(to, command, t->type);
	char of[BIO_VERSION];

	snprintf(of, sizeof(of), "%s", version_of(from, command, t->type));
	if (model_has(t, TEMPLATE_major_ver) && t->major_ver > 0)
		snprintf(of, sizeof(of), "%lld", (long long)t->major_ver);
	if (to->terminal && command != COMMAND_KIND_UPDATE_FINGERPRINT)
		snprintf(why, BIO_WHY, "terminals take fingerprints only");
	else if (to->denies[need])
		snprintf(why, BIO_WHY, "the device reports that it has no %s (%s=0)",
			 command_needs[need].words, command_needs[need].option);
	else if (command == COMMAND_KIND_UPDATE_BIODATA && t->type >= 0 &&
		 t->type < BIO_TYPES && to->takes_data[t->type] == 0)
		snprintf(why, BIO_WHY, "the device reports that it takes no %s",
			 biometric_type_name(t->type));
	else if (of[0] == 0)
		snprintf(why, BIO_WHY,
			 "the version of its algorithm is not known: the device it is from has "
			 "not reported it");
	else if (there[0] == 0)
		snprintf(why, BIO_WHY,
			 "the device has not reported which version of the algorithm it has; "
			 "the command info makes it do so");
	else if (strcmp(of, there) != 0)
		snprintf(why, BIO_WHY,
			 "it is of version %s of the algorithm, and the device has version %s",
			 of, there);
	else
		return true;
	return false;
}

const char *person_bio_photo_refusal(enum command_kind kind, int64_t type,
				     const struct person_bio *to)
{
	if (to->terminal)
		return "terminals take no photos";
	if (to->denies[command_kind_row(kind)->need])
		return "the device reports that it has none";
	if (kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO && type >= 0 && type < BIO_TYPES &&
	    to->takes_photo[type] == 0)
		return "the device reports that it takes none of this type";
	return NULL;
}
