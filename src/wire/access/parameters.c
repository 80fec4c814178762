#include "wire/access/parameters.h"

#include "base/hex.h"
#include "base/number.h"
#include "model/access_words.h"

/* The part from `at` to the next comma. */
static gh_slice parameters_part(const struct ghi_parameters *p, size_t at)
{
	gh_slice head, rest;

	gh_slice_cut(gh_slice_from(p->in, at), ',', &head, &rest);
	return head;
}

static bool parameters_is_pair(gh_slice part)
{
	gh_slice name, value;

	return gh_slice_cut(part, '=', &name, &value) && gh_slice_trim(name).n;
}

/* Without what may stand around a value: blanks, line ends, NULs, and commas behind it. */
static gh_slice parameters_trim(gh_slice s)
{
	s = gh_slice_trim(s);
	while (s.n && (s.p[s.n - 1] == '\0' || s.p[s.n - 1] == ',' || s.p[s.n - 1] == ' ' ||
		       s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
		s.n--;
	return s;
}

bool ghi_parameters_next(struct ghi_parameters *p, gh_slice *name, gh_slice *value)
{
	gh_slice part;

	do {
		if (p->at >= p->in.n)
			return false;
		part = parameters_part(p, p->at);
		p->at += part.n + 1;
	} while (!parameters_is_pair(part));
	gh_slice_cut(part, '=', name, value);
	while (p->at < p->in.n) {
		part = parameters_part(p, p->at);
		if (parameters_is_pair(part))
			break;
		value->n = (size_t)(part.p + part.n - value->p);
		p->at += part.n + 1;
	}
	*name = gh_slice_trim(*name);
	*value = parameters_trim(*value);
	return true;
}

bool ghi_parameters_get(gh_slice text, const char *name, gh_slice *value)
{
	struct ghi_parameters p = ghi_parameters_of(text);
	gh_slice key, found;
	bool any = false;

	while (ghi_parameters_next(&p, &key, &found)) {
		if (!access_parameter_same(key, gh_slice_of(name)))
			continue;
		*value = found;
		any = true;
	}
	return any;
}

int64_t ghi_parameters_number(gh_slice text, const char *name, int64_t otherwise)
{
	gh_slice value;
	uint64_t v;

	if (!ghi_parameters_get(text, name, &value) || ghi_number_parse(value, INT64_MAX, &v))
		return otherwise;
	return (int64_t)v;
}

static bool parameters_is_plain(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ')
			return false;
	return true;
}

/* No comma that begins another pair, or that would be dropped. */
static bool parameters_value_fits(gh_slice value)
{
	struct ghi_parameters p = { .in = value };

	if (value.n && value.p[value.n - 1] == ',')
		return false;

	while (p.at < value.n) {
		gh_slice part = parameters_part(&p, p.at);

		if (p.at && parameters_is_pair(part))
			return false;
		p.at += part.n + 1;
	}
	return parameters_is_plain(value);
}

void ghi_parameters_put(struct ghi_writer *w, bool *first, gh_slice name, gh_slice value)
{
	if (w->err == GH_OK &&
	    (name.n == 0 || memchr(name.p, '=', name.n) || memchr(name.p, ',', name.n) ||
	     !parameters_is_plain(name) || !parameters_value_fits(value)))
		w->err = GH_EMALFORMED;
	if (!*first)
		ghi_put_u8(w, ',');
	*first = false;
	ghi_put(w, name);
	ghi_put_u8(w, '=');
	ghi_put(w, value);
}

size_t ghi_bitmap_positions(gh_slice hex)
{
	for (size_t i = 0; i < hex.n; i++)
		if (ghi_hex_value(hex.p[i]) < 0)
			return 0;
	return hex.n / 2 * 8;
}

bool ghi_bitmap_has(gh_slice hex, size_t position)
{
	size_t at = position / 8 * 2;
	int byte = at + 1 < hex.n ? ghi_hex_byte(hex.p + at) : -1;

	return byte >= 0 && byte >> position % 8 & 1;
}

void ghi_bitmap_write(struct ghi_writer *w, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ghi_put_u8(w, (uint8_t) "0123456789ABCDEF"[bytes[i] >> 4]);
		ghi_put_u8(w, (uint8_t) "0123456789ABCDEF"[bytes[i] & 15]);
	}
}

bool ghi_flags_has(gh_slice flags, size_t position)
{
	return position < flags.n && flags.p[position] == '1';
}

gh_slice ghi_list_part(gh_slice list, size_t i)
{
	gh_slice part = { 0 };

	do {
		if (list.n == 0)
			return (gh_slice){ 0 };
		gh_slice_cut(list, ':', &part, &list);
	} while (i--);
	return gh_slice_trim(part);
}

void ghi_list_agree(struct ghi_writer *w, gh_slice theirs, gh_slice ours)
{
	gh_slice part;
	bool more = theirs.n != 0;

	for (size_t i = 0; more; i++) {
		more = gh_slice_cut(theirs, ':', &part, &theirs);
		if (i)
			ghi_put_u8(w, ':');
		ghi_put_u8(w, gh_slice_eq(gh_slice_trim(part), GH_LIT("1")) &&
					      gh_slice_eq(ghi_list_part(ours, i), GH_LIT("1"))
				      ? '1'
				      : '0');
	}
}

static gh_slice unit_text(gh_slice line, const char *name)
{
	gh_slice value = { 0 };

	(void)ghi_parameters_get(line, name, &value);
	return value;
}

static bool unit_switch(gh_slice line, const char *name)
{
	return ghi_parameters_number(line, name, 0) == 1;
}

static enum ghi_unit_role unit_role(gh_slice line)
{
	if (!unit_switch(line, "MultiStageControlFunOn"))
		return GHI_UNIT_ORDINARY;
	bool main = unit_switch(line, "MasterControlOn"),
	     sub = unit_switch(line, "SubControlOn");

	if (main == sub)
		return GHI_UNIT_ORDINARY;
	return main ? GHI_UNIT_MAIN : GHI_UNIT_SUB;
}

struct ghi_unit ghi_unit_of(gh_slice line)
{
	gh_slice wiegand = unit_text(line, "WGRuleVer");

	return (struct ghi_unit){
		.doors = ghi_parameters_number(line, "LockCount", -1),
		.readers = ghi_parameters_number(line, "ReaderCount", -1),
		.aux_inputs = ghi_parameters_number(line, "AuxInCount", -1),
		.aux_outputs = ghi_parameters_number(line, "AuxOutCount", -1),
		.machine_type = ghi_parameters_number(line, "MachineType", -1),
		.package_bytes = ghi_parameters_number(line, "MaxPackageSize", -1),
		.command_format = ghi_parameters_number(line, "CmdFormat", 0),
		.standard_level = ghi_parameters_number(line, "DevNSLevel", -1),
		.functions = unit_text(line, "AccSupportFunList"),
		.verify_modes = unit_text(line, "VerifyStyles"),
		.verify_factors = unit_text(line, "NewVFStyles"),
		.events = unit_text(line, "EventTypes"),
		.normal_events = unit_text(line, "NewNormalEventTypes"),
		.abnormal_events = unit_text(line, "NewErrorEventTypes"),
		.alarm_events = unit_text(line, "NewWarningEventTypes"),
		.template_types = unit_text(line, "MultiBioDataSupport"),
		.photo_types = unit_text(line, "MultiBioPhotoSupport"),
		.qr_schemes = unit_text(line, "QRCodeDecryptFunList"),
		.packed_validity = unit_switch(line, "DateFmtFunOn"),
		.several_cards = unit_switch(line, "MulCardUserFunOn"),
		.merged_events = unit_switch(line, "SimpleEventType"),
		.wiegand_2 = wiegand.n && wiegand.p[0] >= '2' && wiegand.p[0] <= '9',
		.text_pins = unit_switch(line, "StringPinFunOn"),
		.role = unit_role(line),
	};
}

#define FUNCTION_DOOR_NUMBER 15

bool ghi_unit_numbers_doors(const struct ghi_unit *u)
{
	return ghi_flags_has(u->functions, FUNCTION_DOOR_NUMBER);
}

bool ghi_unit_reports(const struct ghi_unit *u, int64_t event)
{
	const struct {
		gh_slice bitmap;
		int64_t first, last;
	} range[] = {
		{ u->events, 0, 255 },
		{ u->normal_events, 4000, 4999 },
		{ u->abnormal_events, 5000, 5999 },
		{ u->alarm_events, 6000, 6999 },
	};

	for (size_t i = 0; i < sizeof(range) / sizeof(range[0]); i++)
		if (event >= range[i].first && event <= range[i].last && range[i].bitmap.n)
			return ghi_bitmap_has(range[i].bitmap,
					      (size_t)(event - range[i].first));
	return true;
}
