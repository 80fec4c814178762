/* The reply to GET cdata?options=all, from both ends (Attendance PUSH 2020-03, 5; PUSH SDK
 * 2013, 3.2.2; QUIRKS Q12 to Q18). */
#ifndef GH_WIRE_ATTENDANCE_HANDSHAKE_H
#define GH_WIRE_ATTENDANCE_HANDSHAKE_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* What a device can be sent of its own accord; bit i is position i + 1 of the digit form. */
enum ghi_trans_flag {
#define GHI_TRANS(NAME, word) GHI_TRANS_##NAME,
#include "wire/attendance/trans_flag.def"
#undef GHI_TRANS
	GHI_TRANS_COUNT
};

/* Versions are compared part by part: 2.2.14 as {2,2,14}. */
struct ghi_version {
	unsigned part[4];
};
/* false: not a version; *out is then all zeros. */
bool ghi_version_parse(gh_slice s, struct ghi_version *out);
int ghi_version_compare(const struct ghi_version *a, const struct ghi_version *b);

#define GHI_STAMP_TABLES 12

struct ghi_handshake {
	gh_slice sn;
	struct {
		gh_slice table, stamp;
	} stamp[GHI_STAMP_TABLES];
	size_t stamps;
	bool old_stamps; /* also Stamp=, OpStamp=, PhotoStamp= */
	bool digits;	 /* TransFlag as digits instead of the word list */
	uint32_t delay_s, error_delay_s, trans_interval_min;
	gh_slice trans_times;
	uint32_t trans_flags; /* bit per enum ghi_trans_flag */
	bool has_zone;
	int zone_offset_s; /* east positive */
	bool realtime;
	gh_slice server_version, push_version; /* push_version empty: not sent */
	gh_slice
		push_options; /* names of the settings to be pushed; empty: PushOptionsFlag=0 */
	gh_slice bio_data, bio_photo; /* "0:1:1:…"; empty: not sent */
	bool photo_base64;
};

/* Every line ends in LF, the last too. */
void ghi_handshake_write(struct ghi_writer *w, const struct ghi_handshake *h);

/* The device's side. GH_EMALFORMED: not a list of options (neither Stamp= nor ServerVer=). */
GH_MUST_CHECK enum gh_err ghi_handshake_parse(gh_slice body, struct ghi_handshake *out);

/* Offset in seconds of a TimeZone value: hours when small, minutes otherwise (QUIRKS Q15). */
GH_MUST_CHECK enum gh_err ghi_zone_option_parse(gh_slice s, int *offset_s);
void ghi_zone_option_write(struct ghi_writer *w, int offset_s);

#endif
