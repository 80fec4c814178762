/* A template or photo of a person of the roster, and the same as a device has it. */
#ifndef GH_MODEL_CREDENTIAL_H
#define GH_MODEL_CREDENTIAL_H

#include "model/entity.h"
#include "model/kind.h"
#include "model/record.h"

#define CREDENTIAL_TEMPLATE "template"

/* One with what it is of. All is borrowed. */
struct credential_row {
	int64_t id;
	gh_slice pin; /* of the person */
	const struct credential *credential;
	/* The SHA-256 of the content, by which all that have the same share it; the hash of photo.content_hash. */
	gh_slice digest;
	gh_slice
		content; /* a template as it came, in base64; a photo itself. Empty: it was not requested */
};

/* Make one of a template or photo of a device: number, type and part are those of all forms (credential_form.h), the
 * version is `version` where the record names none, and every field is present but the person, the origin, the
 * arrival and the picture. *content: its bytes. false: it is of no person's record, or empty. */
bool credential_of_record(enum model_kind_id kind, const void *record, int64_t version,
			  struct credential *out, gh_slice *content);

/* The record of a device that has it: KIND_TEMPLATE, with `source` its form, or KIND_PHOTO. It is borrowed from the
 * row; a version of 0, and a content that was not requested, are absent. */
enum model_kind_id credential_as_record(const struct credential_row *row,
					union model_record *out);

#endif
