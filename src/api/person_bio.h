/* What a device can take of people's templates and pictures (core/sync/device_bio.h), in words. A template
 * of another version of an algorithm matches no finger or face, and devices differ in whether they refuse it. */
#ifndef GH_API_PERSON_BIO_H
#define GH_API_PERSON_BIO_H

#include "core/sync/device_bio.h"
#include "model/record.h"

/* "fingerprint", "face", "finger vein", "unified template". */
const char *person_bio_name(const struct template *t);
/* The command that writes it. */
enum command_kind person_bio_command(const struct template *t);

#define BIO_WHY 160
/* Whether a template of a device may go to another one; otherwise `why` is the reason. */
bool person_bio_fits(const struct template *t, const struct device_bio *from,
		     const struct device_bio *to, char why[BIO_WHY]);
/* The same of a photo, a comparison photo of that biometric type: NULL, or the reason. */
const char *person_bio_photo_refusal(enum command_kind kind, int64_t type,
				     const struct device_bio *to);

#endif
