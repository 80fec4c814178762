/* Parameters of a device, "name=value,name=value": the body of a registration, of table=options, and the
 * answer to GET OPTIONS; the lists and bitmaps that are values among them (Security PUSH 3.1.2, 3.1, 4.4,
 * 4.6, 9.5.2 and 11.15). */
#ifndef GH_WIRE_ACCESS_PARAMETERS_H
#define GH_WIRE_ACCESS_PARAMETERS_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

struct ghi_parameters {
	gh_slice in;
	size_t at;
};
static inline struct ghi_parameters ghi_parameters_of(gh_slice text)
{
	return (struct ghi_parameters){ .in = text };
}

/* The next one. Values may hold blanks and, where no "name=" follows it, commas. Blanks around a name or a
 * value, line ends and commas behind it are dropped; a part without a name before the first is passed
 * over. false: no more. */
bool ghi_parameters_next(struct ghi_parameters *p, gh_slice *name, gh_slice *value);

/* By name, without case, '~' and blanks. The last counts: a device that repeats a name has changed it.
 * false: absent. */
bool ghi_parameters_get(gh_slice text, const char *name, gh_slice *value);

/* The number of a parameter, from 0; `otherwise` where it is absent or no number. */
int64_t ghi_parameters_number(gh_slice text, const char *name, int64_t otherwise);

/* A comma before all but the first. GH_EMALFORMED in w->err for text that would not read back: a name with
 * '=' or ',' or an empty one, a value with a comma before "name=", a control character in either. */
void ghi_parameters_put(struct ghi_writer *w, bool *first, gh_slice name, gh_slice value);

/* --- bitmaps of hexadecimal bytes, the lowest bit of each byte first --- */

/* Positions that a bitmap has, beyond the documented ones, too; 0: it is none. */
size_t ghi_bitmap_positions(gh_slice hex);
bool ghi_bitmap_has(gh_slice hex, size_t position);
/* The bitmap of n bytes, in upper case. */
void ghi_bitmap_write(struct ghi_writer *w, const uint8_t *bytes, size_t n);

/* --- a 0 or 1 a position, the leftmost is position 0; missing ones are 0 --- */
bool ghi_flags_has(gh_slice flags, size_t position);

/* --- one part a biometric type, between colons --- */

/* Part i, from 0; empty where there is none. */
gh_slice ghi_list_part(gh_slice list, size_t i);
/* Position by position 1 where both have 1, as many parts as `theirs` has: at most 2 * theirs.n + 1 bytes. */
void ghi_list_agree(struct ghi_writer *w, gh_slice theirs, gh_slice ours);

/* --- what of a registration others decide by --- */

enum ghi_unit_role {
	GHI_UNIT_ORDINARY,
	GHI_UNIT_MAIN, /* commands sub-controllers */
	GHI_UNIT_SUB,
};

/* -1: the device did not send that number. Text is borrowed from the line. */
struct ghi_unit {
	int64_t doors, readers, aux_inputs, aux_outputs;
	int64_t machine_type;	  /* access_model_name() */
	int64_t package_bytes;	  /* the largest it takes */
	int64_t command_format;	  /* 0 or 1 [11.14] */
	int64_t standard_level;	  /* DevNSLevel */
	gh_slice functions;	  /* AccSupportFunList: ghi_flags_has() */
	gh_slice verify_modes;	  /* VerifyStyles: ghi_bitmap_has() */
	gh_slice verify_factors;  /* NewVFStyles; empty: modes only */
	gh_slice events;	  /* EventTypes, of 0 to 255 */
	gh_slice normal_events;	  /* from 4000 */
	gh_slice abnormal_events; /* from 5000 */
	gh_slice alarm_events;	  /* from 6000 */
	gh_slice template_types;  /* MultiBioDataSupport: ghi_list_part() */
	gh_slice photo_types;	  /* MultiBioPhotoSupport */
	gh_slice qr_schemes;	  /* QRCodeDecryptFunList: position 0 is scheme 1 */
	bool packed_validity;	  /* DateFmtFunOn */
	bool several_cards;	  /* MulCardUserFunOn */
	bool merged_events;	  /* SimpleEventType */
	bool wiegand_2;		  /* WGRuleVer 2.0 and above */
	bool text_pins;		  /* StringPinFunOn */
	enum ghi_unit_role role;
};

struct ghi_unit ghi_unit_of(gh_slice line);

/* Whether its rows of rights name one door by its number (position 15 of AccSupportFunList); otherwise several as a
 * mask (4.4). */
bool ghi_unit_numbers_doors(const struct ghi_unit *u);

/* Whether it can report an event, by its four bitmaps; true where it has not sent the one concerned. */
bool ghi_unit_reports(const struct ghi_unit *u, int64_t event);

#endif
