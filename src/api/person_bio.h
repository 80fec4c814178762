/* What a device can take of people's templates and pictures, as it reports it: by which algorithms
 * templates are made, and which kinds it has at all. A template of another version of an algorithm
 * matches no finger or face, and devices differ in whether they refuse it. */
#ifndef GH_API_PERSON_BIO_H
#define GH_API_PERSON_BIO_H

#include "core/devices.h"
#include "model/record.h"
#include "store/store.h"

#define BIO_TYPES 10
#define BIO_VERSION 24

struct person_bio {
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

GH_MUST_CHECK enum gh_err person_bio_read(const struct store_ops *ops,
					  struct store_reader *reader, struct device *d,
					  struct arena *a, struct person_bio *out);

/* "fingerprint", "face", "finger vein", "unified template". */
const char *person_bio_name(const struct template *t);
/* The command that writes it. */
enum command_kind person_bio_command(const struct template *t);

#define BIO_WHY 160
/* Whether a template of a device may go to another one; otherwise `why` is the reason. */
bool person_bio_fits(const struct template *t, const struct person_bio *from,
		     const struct person_bio *to, char why[BIO_WHY]);
/* The same of a photo, a comparison photo of that biometric type: NULL, or the reason. */
const char *person_bio_photo_refusal(enum command_kind kind, int64_t type,
				     const struct person_bio *to);

#endif
