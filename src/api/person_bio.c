#include "api/person_bio.h"

#include <stdio.h>

#include "core/access/unit_parameters.h"
#include "model/biometric_type.h"
#include "model/credential_form.h"
#include "wire/access/parameters.h"
#include "wire/attendance/info.h"

static bool bio_option_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	(void)device;
	device_bio_option_see(ctx, key, value);
	return true;
}

/* An access unit reports these when it registers, and changes of them later (Security PUSH 3.1.2, 4.4). */
static enum gh_err unit_bio_read(const struct store_ops *ops, struct store_reader *reader,
				 int64_t device, gh_slice registered, struct arena *a,
				 struct device_bio *out)
{
	gh_slice parameters = { 0 }, name, value;
	enum gh_err err = unit_parameters_read(ops, reader, device, registered, a, &parameters);
	struct ghi_parameters list = ghi_parameters_of(parameters);

	out->access = true;
	while (err == GH_OK && ghi_parameters_next(&list, &name, &value))
		device_bio_option_see(out, name, value);
	return err;
}

enum gh_err person_bio_read(const struct store_ops *ops, struct store_reader *reader,
			    struct device *d, struct arena *a, struct device_bio *out)
{
	struct device_row row;
	struct ghi_info info;

	*out = device_bio_unknown();
	out->terminal = device_is_terminal(d);
	device_row(d, a, &row);
	if (device_dialect(d) == DEVICE_ACCESS)
		return unit_bio_read(ops, reader, device_id(d), row.access.parameters, a, out);
	ghi_info_parse(row.attendance.info, &info);
	device_bio_version_set(out->fingerprint, info.fp_version);
	device_bio_version_set(out->face, info.face_version);
	device_bio_functions_see(out, info.functions);
	snprintf(out->push_version, sizeof(out->push_version), "%.*s",
		 GH_FMT(row.attendance.push_version));
	enum gh_err err = ops->options_read(reader, device_id(d), bio_option_see, out);

	device_bio_settle(out);
	return err;
}

/* --- templates --- */

const char *person_bio_name(const struct template *t)
{
	return credential_forms[credential_form_of(KIND_TEMPLATE, t)].words;
}

enum command_kind person_bio_command(const struct template *t)
{
	return credential_forms[credential_form_of(KIND_TEMPLATE, t)].update;
}

bool person_bio_fits(const struct template *t, const struct device_bio *from,
		     const struct device_bio *to, char why[BIO_WHY])
{
	enum command_kind command = person_bio_command(t);
	enum command_need need = command_kind_row(command)->need;
	const char *there = device_bio_version(to, command, t->type);
	char of[BIO_VERSION];

	snprintf(of, sizeof(of), "%s", device_bio_version(from, command, t->type));
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
				     const struct device_bio *to)
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
