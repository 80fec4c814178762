/* The device summary in getrequest?INFO= and the settings push (Attendance PUSH 2020-03, 8
 * and 9; PUSH SDK 2013, 3.2.4 note 2; QUIRKS Q20). */
#ifndef GH_WIRE_ATTENDANCE_INFO_H
#define GH_WIRE_ATTENDANCE_INFO_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

struct ghi_info {
	gh_slice firmware, address, fp_version, face_version; /* empty: absent */
	int64_t users, fingerprints, punches;		      /* -1: absent or not a number */
	int64_t faces_per_enrolment, faces;
	gh_slice functions; /* digits as sent */
	bool fingerprint, face, user_photo, comparison_photo, visible_face;
};

/* Never fails: what is missing gets its default (PUSH SDK 2013: fingerprint yes, else no).
 * `s` is percent-decoded already. */
void ghi_info_parse(gh_slice s, struct ghi_info *out);
void ghi_info_write(struct ghi_writer *w, const struct ghi_info *info);

/* The next "key=value" of a settings push or an INFO answer, separated by commas or line
 * ends; a piece without '=' behind a comma belongs to the value before it. A leading '~' stays
 * part of the key. GH_ENOTFOUND: no more. */
GH_MUST_CHECK enum gh_err ghi_setting_next(gh_slice *in, gh_slice *key, gh_slice *value);

/* Whether a setting names the network that a device is on, and whether that is a mobile one ("usb-4G-modem"). The
 * attendance documents name none; it is the parameter of access units (Security PUSH 3.1.2, 4.4). */
bool ghi_setting_is_network(gh_slice key);
bool ghi_setting_is_mobile(gh_slice value);

#endif
