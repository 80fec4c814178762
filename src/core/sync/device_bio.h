/* What a device can take of people's templates and pictures, as it reports it: by which algorithms templates are made,
 * which kinds it has at all, how many it has and may have. Attendance PUSH 2020-03, 8, 9 and appendix 10; Security
 * PUSH 3.1.2, 4.4. */
#ifndef GH_CORE_SYNC_DEVICE_BIO_H
#define GH_CORE_SYNC_DEVICE_BIO_H

#include "model/command_kind.h"

#define BIO_TYPES 10
#define BIO_VERSION 24

struct device_bio {
	bool terminal,
		access; /* an access unit: a template or a photo, never both (Security PUSH 3.1.2, 3.1) */
	/* Versions as the device writes them, cut before the full stop; empty: not reported. */
	char fingerprint[BIO_VERSION], face[BIO_VERSION], finger_vein[BIO_VERSION];
	char unified[BIO_TYPES][BIO_VERSION]; /* by biometric type */
	bool denies[COMMAND_NEEDS];	      /* what the device reports that it lacks */
	bool denies_by_digit[COMMAND_NEEDS];  /* of these, by its function digits */
	/* By biometric type, of unified templates and of comparison photos: whether it takes them, how many it has
	 * and may have; -1: not reported. */
	int8_t takes_data[BIO_TYPES], takes_photo[BIO_TYPES];
	int32_t data[BIO_TYPES], data_most[BIO_TYPES], photos[BIO_TYPES],
		photos_most[BIO_TYPES];
	char functions[8];		/* function digits of INFO; "": not reported */
	char push_version[BIO_VERSION]; /* that it named; "": none */
};

/* Of a device that has reported nothing. */
struct device_bio device_bio_unknown(void);

/* A version as the device writes it: "10.0" and "10" are one, "0" and "" none. */
void device_bio_version_set(char to[BIO_VERSION], gh_slice text);
/* A setting that it reports; others are passed over. */
void device_bio_option_see(struct device_bio *b, gh_slice key, gh_slice value);
/* The function digits of INFO: what they deny, where no setting has it. Digits that are not there deny nothing. To be
 * seen before the settings. */
void device_bio_functions_see(struct device_bio *b, gh_slice digits);
/* After all of them: photos by type are the newer report. */
void device_bio_settle(struct device_bio *b);

/* The version of the algorithm that makes or matches templates of a type in the form that the command writes; empty:
 * not reported. */
const char *device_bio_version(const struct device_bio *b, enum command_kind command,
			       int64_t type);

#endif
