/* What a device can take, as far as it is known: by the version of its protocol, what it reports that it lacks, the
 * biometric types it supports and how many it may hold. What is not known is sent (Attendance PUSH 2020-03, 3.1, 8, 9
 * and 11; appendix 10). */
#ifndef GH_API_COMMAND_ABILITY_H
#define GH_API_COMMAND_ABILITY_H

#include "api/command_reading.h"
#include "api/person_bio.h"

/* Of one device; in the request's arena. */
struct ability {
	struct ability *next;
	int64_t device;
	struct device_bio bio;
};

/* Refuse what the device cannot take, or make it of another form that the device has. */
void order_check_need(struct reading *r);

#define ABILITY_WHY 240

enum ability_verdict {
	ABILITY_FITS,
	ABILITY_LACKS,
	ABILITY_FULL, /* it has as many as it may have */
};

/* Whether a device can take a command, as far as is known; otherwise `why` is the reason. `words`: it was given as
 * words, which go to devices of any version. Files and texts are not looked at. */
enum ability_verdict command_ability(const struct device_bio *bio, enum command_kind kind,
				     gh_slice arguments, bool words, char why[ABILITY_WHY]);
/* The same of a template of a biometric type, or a photo. */
enum ability_verdict biometric_ability(const struct device_bio *bio, bool photo, int64_t type,
				       char why[ABILITY_WHY]);

/* --- command_form.c --- */

/* Make of a fingerprint the form that the device has: FINGERTMP, or BIODATA where it supports that for fingerprints
 * (Attendance PUSH 2020-03, 3.1, 12.1.1.3). */
void order_form_choose(struct reading *r, const struct device_bio *bio);

#endif
