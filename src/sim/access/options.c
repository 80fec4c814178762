#include "sim/access/options.h"

#include <stdio.h>

#include "model/access_words.h"

#define OPTION_TEXT 1024

/* What a text of option.def that begins with % stands for. */
static void acc_option_fill(const struct panel *p, const char *text, const char *sn,
			    uint32_t number, char to[OPTION_TEXT])
{
	const struct acc_persona *a = p->persona;
	const struct {
		const char *word, *text;
		unsigned number;
	} fills[] = {
		{ "%model", a->model, 0 },
		{ "%firmware", a->firmware, 0 },
		{ "%library", a->push_library, 0 },
		{ "%styles", a->verify_styles, 0 },
		{ "%events", a->events, 0 },
		{ "%functions", a->functions, 0 },
		{ "%sn", sn, 0 },
		{ "%package", NULL, a->package },
		{ "%doors", NULL, a->doors },
		{ "%readers", NULL, (unsigned)a->doors * a->readers },
		{ "%auxin", NULL, a->aux_in },
		{ "%auxout", NULL, a->aux_out },
		{ "%machine", NULL, a->machine },
		{ "%dates", NULL, a->date_seconds },
	};

	snprintf(to, OPTION_TEXT, "%s", text);
	if (!strcmp(text, "%mac"))
		snprintf(to, OPTION_TEXT, "00:17:61:%02x:%02x:%02x", number >> 16 & 255,
			 number >> 8 & 255, number & 255);
	if (!strcmp(text, "%address"))
		snprintf(to, OPTION_TEXT, "192.168.%u.%u", 1 + number / 250, 1 + number % 250);
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		if (strcmp(text, fills[i].word))
			continue;
		if (fills[i].text)
			snprintf(to, OPTION_TEXT, "%s", fills[i].text);
		else
			snprintf(to, OPTION_TEXT, "%u", fills[i].number);
	}
}

/* All of these fit: the tables they come from are part of the program. */
static void acc_option_put(struct panel *p, gh_slice name, gh_slice value)
{
	if (panel_option_set(p, name, value))
		return;
}

static void options_put_list(struct panel *p, gh_slice list)
{
	while (list.n) {
		gh_slice pair, name, value;

		gh_slice_cut(list, ',', &pair, &list);
		if (gh_slice_cut(pair, '=', &name, &value))
			acc_option_put(p, name, value);
	}
}

static void options_put_table(struct panel *p, const char *sn, uint32_t number, bool registered)
{
	static const struct {
		const char *name, *value;
		bool registered;
	} rows[] = {
#define ACC_OPTION(name, value, registered) { name, value, registered },
#include "sim/access/option.def"
#undef ACC_OPTION
	};
	char text[OPTION_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].registered != registered)
			continue;
		acc_option_fill(p, rows[i].value, sn, number, text);
		acc_option_put(p, gh_slice_of(rows[i].name), gh_slice_of(text));
	}
}

unsigned acc_options_open(struct panel *p, const char *sn, uint32_t number,
			  const char *comm_key)
{
	unsigned registered;

	options_put_table(p, sn, number, true);
	options_put_list(p, gh_slice_of(p->persona->more));
	if (p->persona->new_verify)
		acc_option_put(p, GH_LIT("NewVFStyles"), gh_slice_of(p->persona->new_verify));
	if (comm_key)
		acc_option_put(p, GH_LIT("authKey"), gh_slice_of(comm_key));
	registered = p->options->len;
	options_put_table(p, sn, number, false);
	p->merged = panel_option_number(p, "SimpleEventType", 0) == 1;
	return registered;
}

static void acc_option_write(struct ghi_writer *w, gh_slice name, const char *value)
{
	if (w->n)
		ghi_put_u8(w, ',');
	ghi_put(w, name);
	ghi_put_u8(w, '=');
	ghi_put(w, gh_slice_of(value ? value : ""));
}

void acc_options_write(struct ghi_writer *w, const struct panel *p, unsigned n)
{
	for (guint i = 0; i < n && i < p->options->len; i++) {
		const struct panel_option *o =
			&g_array_index(p->options, struct panel_option, i);

		acc_option_write(w, gh_slice_of(o->name), o->value);
	}
}

static bool list_has(gh_slice list, const char *name)
{
	gh_slice one;

	while (list.n) {
		gh_slice_cut(list, ',', &one, &list);
		if (gh_slice_eq(one, gh_slice_of(name)))
			return true;
	}
	return false;
}

/* All parameters of a controller of passages, but those that were written (11.20). */
static void channel_write(struct ghi_writer *w, const struct panel *p, gh_slice written)
{
	static const struct {
		const char *name, *value;
	} usual[] = {
		{ "MotorOpenSpeed", "3" },    { "MotorCloseSpeed", "3" },
		{ "PassWayVolume", "5" },     { "TZPassModeOn", "1" },
		{ "IsSupportADScreen", "1" }, { "ADScreenFunOn", "1" },
		{ "InPlayInterval", "5" },    { "OutPlayInterval", "5" },
	};
	const struct access_parameter *row;

	for (size_t i = 0; (row = access_parameter_at(i)) != NULL; i++) {
		const char *value = "0";

		if (row->kind != ACCESS_PARAMETER_CHANNEL || list_has(written, row->name))
			continue;
		for (size_t k = 0; k < sizeof(usual) / sizeof(usual[0]); k++)
			if (!strcmp(usual[k].name, row->name))
				value = usual[k].value;
		if (panel_option(p, gh_slice_of(row->name)))
			value = panel_option(p, gh_slice_of(row->name));
		acc_option_write(w, gh_slice_of(row->name), value);
	}
}

void acc_options_upload(struct ghi_writer *w, const struct panel *p)
{
	static const char plain[] = "~DeviceName,MAC,~MaxAttLogCount,~MaxUserCount,IPAddress,"
				    "NetMask,GATEIPAddress,FirmVer,LockCount,ReaderCount";
	static const char elevator[] =
		"VoiceModuleType=0,VoiceModuleCancelTime=2,VoiceModuleCancelCount=1";

	acc_options_answer(
		w, p, gh_slice_of(p->persona->own_options ? p->persona->own_options : plain));
	if (p->persona->quirk & ACC_CHANNEL)
		channel_write(w, p, gh_slice_of(plain));
	if (p->persona->quirk & ACC_ELEVATOR) {
		ghi_put_u8(w, ',');
		ghi_put(w, gh_slice_of(elevator));
	}
}

void acc_options_answer(struct ghi_writer *w, const struct panel *p, gh_slice names)
{
	while (names.n) {
		gh_slice name;

		gh_slice_cut(names, ',', &name, &names);
		name = gh_slice_trim(name);
		if (name.n)
			acc_option_write(w, name, panel_option(p, name));
	}
}

void acc_options_summary(struct ghi_writer *w, const struct panel *p)
{
	const char *address = panel_option(p, GH_LIT("IPAddress"));
	const uint64_t counts[] = { panel_rows(&p->tables, PANEL_USER),
				    panel_rows(&p->tables, PANEL_TEMPLATEV10),
				    p->ring.next - p->ring.first };

	ghi_put(w, GH_LIT("&INFO="));
	ghi_put(w, gh_slice_of(p->persona->firmware));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		ghi_put_u8(w, ',');
		ghi_put_decimal(w, counts[i]);
	}
	ghi_put_u8(w, ',');
	ghi_put(w, gh_slice_of(address ? address : ""));
	/* Versions of fingers and faces, pictures of a face, faces, functions. */
	ghi_put(w, GH_LIT(",10,39,1,"));
	ghi_put_decimal(w, panel_rows(&p->tables, PANEL_BIODATA));
	ghi_put(w, GH_LIT(",101"));
}
