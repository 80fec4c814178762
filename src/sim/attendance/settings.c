#include "sim/attendance/settings.h"

#include "base/number.h"
#include "sim/attendance/request.h"
#include "sim/day_times.h"
#include "sim/timers.h"

static const struct setting {
	const char *key, *text;
} settings[] = {
#define SETTING(key, text) { key, text },
#include "sim/attendance/setting.def"
#undef SETTING
};

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static void settings_flag_put(struct ghi_writer *w, bool on)
{
	ghi_put_u8(w, on ? '1' : '0');
}

/* %name, as in setting.def. */
static void settings_named_put(struct ghi_writer *w, const struct sim_device *d, gh_slice name)
{
	const struct persona *p = d->persona;
	const struct {
		const char *name, *text;
	} texts[] = {
		{ "sn", d->sn },
		{ "model", p->model },
		{ "firmware", p->firmware },
		{ "push", p->push_version ? p->push_version : "2.0" },
		{ "fpversion", p->fp_version },
		{ "faceversion", p->face_version ? p->face_version : "0" },
		{ "biodata",
		  p->can & CAN_BIO_DATA ? "0:0:0:0:0:0:0:0:0:1" : "0:0:0:0:0:0:0:0:0:0" },
		{ "biophotos",
		  p->can & CAN_BIO_PHOTO ? "0:0:0:0:0:0:0:0:0:1" : "0:0:0:0:0:0:0:0:0:0" },
	};
	const struct {
		const char *name;
		uint32_t can;
	} flags[] = { { "finger", CAN_FP },	{ "face", CAN_FACE | CAN_BIO_DATA },
		      { "photo", CAN_PHOTO },	{ "remote", CAN_REMOTE },
		      { "verify", CAN_VERIFY }, { "biophoto", CAN_BIO_PHOTO } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (gh_slice_eq(name, gh_slice_of(texts[i].name)))
			ghi_put(w, gh_slice_of(texts[i].text));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (gh_slice_eq(name, gh_slice_of(flags[i].name)))
			settings_flag_put(w, p->can & flags[i].can);
	if (gh_slice_eq(name, GH_LIT("users")))
		ghi_put_decimal(w, request_count(d, TABLE_USERINFO));
	else if (gh_slice_eq(name, GH_LIT("fingers")))
		ghi_put_decimal(w, request_count(d, TABLE_FINGERTMP));
	else if (gh_slice_eq(name, GH_LIT("faces")))
		ghi_put_decimal(w, request_count(d, TABLE_BIODATA));
	else if (gh_slice_eq(name, GH_LIT("punches")))
		ghi_put_decimal(w, stream_punches(d));
	else if (gh_slice_eq(name, GH_LIT("language")))
		ghi_put_decimal(w, p->language);
	else if (gh_slice_eq(name, GH_LIT("zone")))
		ghi_put_signed(w, d->zone_s / 3600);
}

static void settings_text_put(struct ghi_writer *w, const struct sim_device *d,
			      const char *text)
{
	while (*text) {
		size_t n = 1;

		if (*text != '%') {
			ghi_put_u8(w, (uint8_t)*text++);
			continue;
		}
		while (text[n] >= 'a' && text[n] <= 'z')
			n++;
		settings_named_put(w, d, (gh_slice){ (const uint8_t *)text + 1, n - 1 });
		text += n;
	}
}

/* A setting of SET OPTION, "key=value"; false: not set. */
static bool setting_changed(const struct sim_device *d, gh_slice key, gh_slice *value)
{
	for (guint i = 0; d->options && i < d->options->len; i++) {
		gh_slice name;

		gh_slice_cut(gh_slice_of(g_array_index(d->options, char *, i)), '=', &name,
			     value);
		if (gh_slice_ieq(name, key))
			return true;
	}
	return false;
}

void settings_put_value(struct ghi_writer *w, const struct sim_device *d, gh_slice key)
{
	gh_slice value;

	if (setting_changed(d, key, &value)) {
		ghi_put(w, value);
		return;
	}
	for (size_t i = 0; i < SETTINGS; i++)
		if (gh_slice_ieq(key, gh_slice_of(settings[i].key)))
			settings_text_put(w, d, settings[i].text);
}

bool settings_changed(const struct sim_device *d, const char *key)
{
	gh_slice value;

	return setting_changed(d, gh_slice_of(key), &value);
}

uint64_t settings_number(const struct sim_device *d, const char *key)
{
	char text[32];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	uint64_t n = 0;

	settings_put_value(&w, d, gh_slice_of(key));
	return w.err || ghi_number_parse(gh_slice_trim(ghi_written(&w)), UINT32_MAX, &n) ? 0
											 : n;
}

static void settings_pair_put(struct ghi_writer *w, const struct sim_device *d, gh_slice key)
{
	ghi_put(w, key);
	ghi_put_u8(w, '=');
	settings_put_value(w, d, key);
}

void settings_put_all(struct ghi_writer *w, const struct sim_device *d, const char *end)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		settings_pair_put(w, d, gh_slice_of(settings[i].key));
		ghi_put(w, gh_slice_of(end));
	}
	for (guint i = 0; d->options && i < d->options->len; i++) {
		gh_slice pair = gh_slice_of(g_array_index(d->options, char *, i)), name, value;
		bool own = false;

		gh_slice_cut(pair, '=', &name, &value);
		for (size_t k = 0; k < SETTINGS; k++)
			own |= gh_slice_ieq(name, gh_slice_of(settings[k].key));
		if (!own) {
			ghi_put(w, pair);
			ghi_put(w, gh_slice_of(end));
		}
	}
}

void settings_write(struct ghi_writer *w, const struct sim_device *d)
{
	gh_slice names = d->push_options, name;

	if (names.n == 0)
		names = GH_LIT("FingerFunOn,FaceFunOn,MultiBioDataSupport,MultiBioPhotoSupport,"
			       "MultiBioVersion,MaxMultiBioDataCount,MaxMultiBioPhotoCount");
	while (names.n) {
		gh_slice_cut(names, ',', &name, &names);
		if (w->n)
			ghi_put_u8(w, ',');
		settings_pair_put(w, d, gh_slice_trim(name));
	}
	ghi_put_u8(w, '\n');
}

static void settings_text_free(gpointer at)
{
	g_free(*(char **)at);
}

enum gh_err settings_set(struct sim_device *d, gh_slice pair)
{
	gh_slice key, value;
	char *text;

	if (!gh_slice_cut(pair, '=', &key, &value) || key.n == 0)
		return GH_EMALFORMED;
	if (d->options == NULL) {
		d->options = g_array_new(FALSE, FALSE, sizeof(char *));
		g_array_set_clear_func(d->options, settings_text_free);
	}
	for (guint i = 0; i < d->options->len; i++) {
		gh_slice name, old;

		gh_slice_cut(gh_slice_of(g_array_index(d->options, char *, i)), '=', &name,
			     &old);
		if (gh_slice_ieq(name, key)) {
			g_array_remove_index_fast(d->options, i);
			break;
		}
	}
	if (d->options->len >= SIM_OPTIONS_MAX || pair.n > 1024)
		return GH_EFULL;
	text = g_strndup((const char *)pair.p, pair.n);
	g_array_append_val(d->options, text);
	return GH_OK;
}

int64_t settings_flush(const struct sim_device *d)
{
	int64_t wait_s;

	if (d->interval_ms)
		return d->now_ms + plan_wait(d->plan, d->interval_ms);
	wait_s = sim_day_times_wait(d->trans_times, sim_device_clock_s(d));
	return wait_s ? d->now_ms + plan_wait(d->plan, wait_s * 1000) : SIM_NEVER;
}
