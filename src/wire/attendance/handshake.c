#include "wire/attendance/handshake.h"

#include "base/number.h"
#include "wire/attendance/trans_flag.h"

/* Before 2.2.14 three tables had names of their own for their stamps (PUSH SDK 2013, 3.2.2;
 * QUIRKS Q14). */
static const struct {
	gh_slice key, table;
} old_stamp[] = {
	{ { (const uint8_t *)"Stamp", 5 }, { (const uint8_t *)"ATTLOG", 6 } },
	{ { (const uint8_t *)"OpStamp", 7 }, { (const uint8_t *)"OPERLOG", 7 } },
	{ { (const uint8_t *)"PhotoStamp", 10 }, { (const uint8_t *)"ATTPHOTO", 8 } },
};
#define OLD_STAMPS (sizeof(old_stamp) / sizeof(old_stamp[0]))

static void handshake_text_put(struct ghi_writer *w, gh_slice s)
{
	if (w->err == GH_OK && s.n &&
	    (memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n) || memchr(s.p, '\0', s.n)))
		w->err = GH_EMALFORMED;
	ghi_put(w, s);
}

static void handshake_line_put(struct ghi_writer *w, const char *key, gh_slice value)
{
	ghi_put(w, gh_slice_of(key));
	ghi_put_u8(w, '=');
	handshake_text_put(w, value);
	ghi_put_u8(w, '\n');
}

static void handshake_number_put(struct ghi_writer *w, const char *key, uint64_t value)
{
	ghi_put(w, gh_slice_of(key));
	ghi_put_u8(w, '=');
	ghi_put_decimal(w, value);
	ghi_put_u8(w, '\n');
}

static void handshake_stamps_put(struct ghi_writer *w, const struct ghi_handshake *h)
{
	for (size_t i = 0; i < h->stamps; i++) {
		for (size_t k = 0; h->old_stamps && k < OLD_STAMPS; k++) {
			if (gh_slice_ieq(h->stamp[i].table, old_stamp[k].table)) {
				handshake_text_put(w, old_stamp[k].key);
				ghi_put_u8(w, '=');
				handshake_text_put(w, h->stamp[i].stamp);
				ghi_put_u8(w, '\n');
			}
		}
		handshake_text_put(w, h->stamp[i].table);
		handshake_line_put(w, "Stamp", h->stamp[i].stamp);
	}
}

void ghi_handshake_write(struct ghi_writer *w, const struct ghi_handshake *h)
{
	ghi_put(w, GH_LIT("GET OPTION FROM: "));
	handshake_text_put(w, h->sn);
	ghi_put_u8(w, '\n');
	handshake_stamps_put(w, h);
	handshake_number_put(w, "ErrorDelay", h->error_delay_s);
	handshake_number_put(w, "Delay", h->delay_s);
	if (h->trans_times.n)
		handshake_line_put(w, "TransTimes", h->trans_times);
	handshake_number_put(w, "TransInterval", h->trans_interval_min);
	ghi_put(w, GH_LIT("TransFlag="));
	ghi_trans_flags_write(w, h->trans_flags, h->digits);
	ghi_put_u8(w, '\n');
	if (h->has_zone) {
		ghi_put(w, GH_LIT("TimeZone="));
		ghi_zone_option_write(w, h->zone_offset_s);
		ghi_put_u8(w, '\n');
	}
	handshake_number_put(w, "Realtime", h->realtime);
	handshake_number_put(w, "Encrypt", 0);
	if (h->server_version.n)
		handshake_line_put(w, "ServerVer", h->server_version);
	if (h->push_version.n)
		handshake_line_put(w, "PushProtVer", h->push_version);
	if (h->push_options.n) {
		handshake_number_put(w, "PushOptionsFlag", 1);
		handshake_line_put(w, "PushOptions", h->push_options);
	}
	if (h->photo_base64)
		handshake_number_put(w, "ATTPHOTOBase64", 1);
	if (h->bio_data.n)
		handshake_line_put(w, "MultiBioDataSupport", h->bio_data);
	if (h->bio_photo.n)
		handshake_line_put(w, "MultiBioPhotoSupport", h->bio_photo);
}

static void handshake_stamp_set(struct ghi_handshake *h, gh_slice table, gh_slice stamp,
				bool replace)
{
	for (size_t i = 0; i < h->stamps; i++) {
		if (gh_slice_ieq(h->stamp[i].table, table)) {
			if (replace)
				h->stamp[i].stamp = stamp;
			return;
		}
	}
	if (h->stamps == GHI_STAMP_TABLES)
		return;
	h->stamp[h->stamps].table = table;
	h->stamp[h->stamps].stamp = stamp;
	h->stamps++;
}

/* "Stamp", "OpStamp", "ATTLOGStamp"…: a table has two spellings, and the newer one
 * counts. The old ones are returned in `old` and are entered last. */
static bool handshake_stamp_read(struct ghi_handshake *h, gh_slice key, gh_slice value,
				 gh_slice old[OLD_STAMPS])
{
	gh_slice suffix = GH_LIT("Stamp");

	for (size_t k = 0; k < OLD_STAMPS; k++) {
		if (gh_slice_ieq(key, old_stamp[k].key)) {
			old[k] = value;
			h->old_stamps = true;
			return true;
		}
	}
	if (key.n <= suffix.n || !gh_slice_ieq(gh_slice_from(key, key.n - suffix.n), suffix))
		return false;
	handshake_stamp_set(h, (gh_slice){ key.p, key.n - suffix.n }, value, true);
	return true;
}

static uint32_t number_or_zero(gh_slice s)
{
	uint64_t v = 0;

	return ghi_number_parse(gh_slice_trim(s), UINT32_MAX, &v) ? 0 : (uint32_t)v;
}

static void handshake_option_read(struct ghi_handshake *h, gh_slice key, gh_slice value)
{
	const struct {
		gh_slice key;
		gh_slice *text;
		uint32_t *number;
		bool *flag;
	} option[] = {
		{ GH_LIT("ErrorDelay"), .number = &h->error_delay_s },
		{ GH_LIT("Delay"), .number = &h->delay_s },
		{ GH_LIT("TransTimes"), .text = &h->trans_times },
		{ GH_LIT("TransInterval"), .number = &h->trans_interval_min },
		{ GH_LIT("Realtime"), .flag = &h->realtime },
		{ GH_LIT("ServerVer"), .text = &h->server_version },
		{ GH_LIT("PushProtVer"), .text = &h->push_version },
		{ GH_LIT("PushOptions"), .text = &h->push_options },
		{ GH_LIT("ATTPHOTOBase64"), .flag = &h->photo_base64 },
		{ GH_LIT("MultiBioDataSupport"), .text = &h->bio_data },
		{ GH_LIT("MultiBioPhotoSupport"), .text = &h->bio_photo },
	};

	if (gh_slice_ieq(key, GH_LIT("TransFlag"))) {
		h->trans_flags = ghi_trans_flags_read(value, &h->digits);
		return;
	}
	if (gh_slice_ieq(key, GH_LIT("TimeZone"))) {
		h->has_zone = ghi_zone_option_parse(value, &h->zone_offset_s) == GH_OK;
		return;
	}
	for (size_t i = 0; i < sizeof(option) / sizeof(option[0]); i++) {
		if (!gh_slice_ieq(key, option[i].key))
			continue;
		if (option[i].text)
			*option[i].text = value;
		if (option[i].number)
			*option[i].number = number_or_zero(value);
		if (option[i].flag)
			*option[i].flag = number_or_zero(value) != 0;
		return;
	}
}

enum gh_err ghi_handshake_parse(gh_slice body, struct ghi_handshake *out)
{
	struct ghi_handshake h = { 0 };
	gh_slice old[OLD_STAMPS] = { 0 }, line, key, value;
	bool valid = false;

	while (body.n) {
		gh_slice_cut(body, '\n', &line, &body);
		line = gh_slice_trim(line);
		if (gh_slice_istarts(line, GH_LIT("GET OPTION FROM:"))) {
			h.sn = gh_slice_trim(gh_slice_from(line, 16));
			continue;
		}
		if (!gh_slice_cut(line, '=', &key, &value))
			continue;
		key = gh_slice_trim(key);
		value = gh_slice_trim(value);
		if (handshake_stamp_read(&h, key, value, old)) {
			valid = true;
			continue;
		}
		valid |= gh_slice_ieq(key, GH_LIT("ServerVer"));
		handshake_option_read(&h, key, value);
	}
	if (!valid)
		return GH_EMALFORMED;
	for (size_t k = 0; k < OLD_STAMPS; k++)
		if (old[k].p)
			handshake_stamp_set(&h, old_stamp[k].table, old[k], false);
	*out = h;
	return GH_OK;
}
