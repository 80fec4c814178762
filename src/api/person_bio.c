#include "api/person_bio.h"

#include <stdio.h>

#include "model/biometric_type.h"
#include "model/credential_form.h"

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
