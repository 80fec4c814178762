/* The rules of tables in words. */
#include "model/access_words.h"
#include "wire/access/table.h"

static void fault_range(struct ghi_writer *w, const char *words, int64_t min, int64_t max)
{
	ghi_put(w, gh_slice_of(words));
	ghi_put_signed(w, min);
	ghi_put(w, GH_LIT(" to "));
	ghi_put_signed(w, max);
}

/* "0,2,6" as "0, 2 or 6"; what stands behind '@' is left out. */
static void fault_choices(struct ghi_writer *w, const char *choices)
{
	gh_slice rest = gh_slice_of(choices), part, gate;
	bool more = true, first = true;

	while (more) {
		more = gh_slice_cut(rest, ',', &part, &rest);
		gh_slice_cut(part, '@', &part, &gate);
		if (!first)
			ghi_put(w, more ? GH_LIT(", ") : GH_LIT(" or "));
		first = false;
		ghi_put(w, part);
	}
}

static void fault_length(struct ghi_writer *w, const struct ghi_table_fault *f)
{
	gh_slice longer, gate;
	const char *unit =
		f->field->type == GHI_FIELD_TEXT || f->field->type == GHI_FIELD_BASE64
			? " bytes"
			: " digits";

	ghi_put(w, GH_LIT("must have "));
	if (f->field->min == f->field->max) {
		ghi_put_signed(w, f->field->min);
	} else if (f->longer) {
		gh_slice_cut(gh_slice_of(f->field->choices), '@', &longer, &gate);
		ghi_put_signed(w, f->field->min);
		ghi_put(w, GH_LIT(" to "));
		ghi_put(w, longer);
	} else {
		fault_range(w, "", f->field->min, f->field->max);
	}
	ghi_put(w, gh_slice_of(unit));
}

static void fault_door(struct ghi_writer *w, const struct ghi_table_fault *f, const char *words)
{
	ghi_put(w, gh_slice_of(words));
	if (f->doors > 0) {
		ghi_put(w, GH_LIT("; the device has "));
		ghi_put_signed(w, f->doors);
		ghi_put(w, f->doors == 1 ? GH_LIT(" door") : GH_LIT(" doors"));
	}
}

static const char *const type_words[] = {
	[GHI_FIELD_DIGITS] = "must be digits",
	[GHI_FIELD_PERIOD] = "must be a period as one number: hours and minutes of its begin "
			     "times 65536, and those of its "
			     "end (08:30 to 12:00 is 830 * 65536 + 1200 = 54396080)",
	[GHI_FIELD_SECOND] =
		"must be seconds of the calendar whose months have 31 days, from 2000 on",
	[GHI_FIELD_VALIDITY] = "must be 0, or the date as this device takes it: YYYYMMDD, or "
			       "seconds of the calendar whose "
			       "months have 31 days where it registered DateFmtFunOn=1",
	[GHI_FIELD_MODE] =
		"must be the number of a verify mode, or 16 binary digits where the device "
		"registered NewVFStyles",
	[GHI_FIELD_BASE64] = "must be base64 without blanks",
	[GHI_FIELD_HEX] = "must be hexadecimal digits",
	[GHI_FIELD_CARD] =
		"must be a decimal card number, or hexadecimal bytes in brackets, the lowest "
		"first: [15CD5B07]",
	[GHI_FIELD_DATE] = "must be a date: YYYYMMDD",
	[GHI_FIELD_DATES] = "must be two dates: YYYYMMDDYYYYMMDD",
	[GHI_FIELD_WIEGAND] = "must be a letter a bit, a colon, and as many letters for parity",
};

static void fault_parameter(struct ghi_writer *w, const struct ghi_table_field *f)
{
	static const char *const kind[] = {
		[ACCESS_PARAMETER_DOOR] = "must be a parameter of doors, as DoorDrivertime",
		[ACCESS_PARAMETER_READER] =
			"must be a parameter of readers, as IdentityCardVerifyMode",
		[ACCESS_PARAMETER_DEVICE] = "must be a parameter of devices, as AntiPassback",
	};

	ghi_put(w, gh_slice_of(kind[f->min]));
}

static void fault_value(struct ghi_writer *w, const struct ghi_table_fault *f)
{
	switch (f->field->type) {
	case GHI_FIELD_INT:
	case GHI_FIELD_SLOT:
		if (f->field->choices[0] == '\0') {
			fault_range(w, "must be a number from ", f->field->min, f->field->max);
			return;
		}
		ghi_put(w, GH_LIT("must be "));
		fault_choices(w, f->field->choices);
		return;
	case GHI_FIELD_DOOR:
		fault_door(w, f, "must be the number of a door");
		return;
	case GHI_FIELD_DOORS:
		fault_door(w, f,
			   "must be doors: the sum of 1 for door 1, 2 for door 2, 4 for door 3 "
			   "…, or "
			   "one door's number where AccSupportFunList has position 15");
		return;
	case GHI_FIELD_PARAMETER:
		fault_parameter(w, f->field);
		return;
	default:
		ghi_put(w, gh_slice_of(type_words[f->field->type]));
	}
}

/* "38|BioPhotoFun" as "AccSupportFunList position 38 or BioPhotoFun". */
static void fault_gate(struct ghi_writer *w, const char *gate)
{
	gh_slice rest = gh_slice_of(gate), part;
	bool more = true, first = true;

	while (more) {
		more = gh_slice_cut(rest, '|', &part, &rest);
		if (!first)
			ghi_put(w, GH_LIT(" or "));
		first = false;
		if (part.p[0] >= '0' && part.p[0] <= '9')
			ghi_put(w, GH_LIT("position "));
		ghi_put(w, part);
		if (part.p[0] >= '0' && part.p[0] <= '9')
			ghi_put(w, GH_LIT(" of AccSupportFunList"));
	}
}

/* "Pin;Pin,FingerID;*" as "Pin, or Pin and FingerID, or all rows". */
static void fault_sets(struct ghi_writer *w, const char *deletes)
{
	gh_slice rest = gh_slice_of(deletes), set, name;
	bool more = rest.n != 0, first = true;

	if (!more) {
		ghi_put(w, GH_LIT("have no deletion"));
		return;
	}
	ghi_put(w, GH_LIT("are deleted by "));
	while (more) {
		more = gh_slice_cut(rest, ';', &set, &rest);
		if (gh_slice_starts(set, GH_LIT("v")))
			set = gh_slice_from(set, 1);
		if (!first)
			ghi_put(w, GH_LIT(", or "));
		first = false;
		if (gh_slice_eq(set, GH_LIT("*"))) {
			ghi_put(w, GH_LIT("all=true"));
			continue;
		}
		for (bool part = true, begun = false; part; begun = true) {
			part = gh_slice_cut(set, ',', &name, &set);
			if (begun)
				ghi_put(w, GH_LIT(" and "));
			ghi_put(w, name);
		}
	}
}

void ghi_table_fault_write(struct ghi_writer *w, const struct ghi_table_fault *f)
{
	switch (f->rule) {
	case GHI_RULE_KEPT:
		break;
	case GHI_RULE_GATE:
		ghi_put(w, GH_LIT("is not a table of this device: it did not report "));
		fault_gate(w, f->table->gate);
		break;
	case GHI_RULE_REFUSED:
		ghi_put(w,
			f->field
				? GH_LIT("is not known to this device: it answered so (-621)")
				: GH_LIT("is not known to this device: it answered so (-629)"));
		break;
	case GHI_RULE_VERB:
		ghi_put(w, GH_LIT("has no such operation"));
		break;
	case GHI_RULE_FIELD:
		ghi_put(w, GH_LIT("is not a field of this table"));
		break;
	case GHI_RULE_READ_ONLY:
		ghi_put(w, GH_LIT("is only uploaded by devices"));
		break;
	case GHI_RULE_KEY_MISSING:
		ghi_put(w, GH_LIT("is missing; it is part of the row's key"));
		break;
	case GHI_RULE_CONTROL:
		ghi_put(w, GH_LIT("must not have tabs, line ends or NULs"));
		break;
	case GHI_RULE_LENGTH:
		fault_length(w, f);
		break;
	case GHI_RULE_VALUE:
		fault_value(w, f);
		break;
	case GHI_RULE_CONDITIONS:
		ghi_put(w, GH_LIT("rows of this table "));
		fault_sets(w, f->table->deletes);
		ghi_put(w,
			GH_LIT("; a device may ignore another condition and delete all rows"));
		break;
	case GHI_RULE_BIO_TYPE:
		ghi_put(w, GH_LIT("is a biometric type that this device does not take"));
		break;
	}
}
