/* The event that a picture of a linked camera is of. */
#include "base/number.h"
#include "core/ingest_private.h"
#include "model/record.h"

#define NAME_TIME \
	14 /* digits that the name of a file begins with: "20240118145930-link-ch0.jpg" */

static ghi_civil name_time(gh_slice name)
{
	uint64_t digits;

	if (name.n < NAME_TIME ||
	    ghi_number_parse((gh_slice){ name.p, NAME_TIME }, INT64_MAX, &digits))
		return GHI_CIVIL_NONE;
	return (ghi_civil)digits;
}

enum gh_err ingest_photo_tie(const struct ingest *in, const struct store_ops *ops,
			     struct store *s, struct photo *photo)
{
	int64_t seq;
	enum gh_err err;

	if (!model_has(photo, PHOTO_event_index) || photo->event_index == 0)
		return GH_OK;
	err = ops->access_find(s, in->device->id, photo->event_index,
			       name_time(photo->file_name), &seq);
	photo->event_seq = seq;
	photo->present &= ~(UINT64_C(1) << PHOTO_event_seq);
	if (err == GH_OK && seq)
		photo->present |= UINT64_C(1) << PHOTO_event_seq;
	return err;
}
