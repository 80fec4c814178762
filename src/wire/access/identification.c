#include "wire/access/identification.h"

#include "base/hex.h"
#include "base/number.h"
#include "wire/push/lines.h"

static const gh_slice auth_word[GHI_AUTHS] = {
	{ (const uint8_t *)"SUCCESS", 7 },
	{ (const uint8_t *)"FAILED", 6 },
	{ (const uint8_t *)"TIMEOUT", 7 },
};

#define IDENTIFICATION_ROOM 1024 /* of a record */

/* CONTROL DEVICE AABBCCDD: AA 01 opens an output, CC 01 is the lock of door BB, DD are seconds (9.4). */
#define CONTROL_PREFIX GH_LIT("CONTROL DEVICE ")
enum { CONTROL_OUTPUT = 1, CONTROL_LOCK = 1, CONTROL_BYTES = 4, CONTROL_MOST = 254 };

enum gh_err ghi_identification_read(gh_slice body, struct ghi_identification *out,
				    struct ghi_event_fault *fault)
{
	struct ghi_identification r = { .address_type = ACCESS_ABSENT };
	struct ghi_lines lines = ghi_lines_of(body);
	enum ghi_event_row row;
	gh_slice line = { 0 }, value;
	enum gh_err err;
	uint64_t type;

	while (ghi_lines_next(&lines, &line) && gh_slice_trim(line).n == 0)
		continue;
	r.record = gh_slice_trim(line);
	r.event = access_event_empty();
	err = ghi_event_parse(r.record, &r.event, &row, fault);
	if (err == GH_OK && row != GHI_EVENT_ROW) {
		*fault = (struct ghi_event_fault){ "it is no event", NULL };
		err = GH_EMALFORMED;
	}
	struct ghi_row pairs = ghi_row_of(r.record, (gh_slice){ 0 });

	if (ghi_row_get(&pairs, "addrtype", &value) &&
	    ghi_number_parse(gh_slice_trim(value), INT32_MAX, &type) == GH_OK)
		r.address_type = (int64_t)type;
	*out = r;
	return err;
}

void ghi_identification_write(struct ghi_writer *w, const struct access_event *e,
			      int64_t address_type)
{
	uint8_t text[IDENTIFICATION_ROOM];
	struct ghi_writer row = ghi_writer_on(text, sizeof(text));
	struct access_event sent = *e;
	struct ghi_row pairs;
	bool first = true, typed = false;
	gh_slice key, value;

	sent.record_index = 0;
	ghi_event_write_live(&row, &sent);
	if (row.err && w->err == GH_OK)
		w->err = row.err;
	pairs = ghi_row_of(ghi_written(&row), (gh_slice){ 0 });
	while (ghi_row_next(&pairs, &key, &value)) {
		char number[24];
		struct ghi_writer type = ghi_writer_on(number, sizeof(number));

		/* It has no number yet. What kind of place the address is stands before it. */
		if (gh_slice_eq(key, GH_LIT("index")))
			continue;
		if (gh_slice_eq(key, GH_LIT("eventaddr")) && !typed) {
			typed = true;
			ghi_put_signed(&type, address_type);
			ghi_row_put(w, &first, GH_LIT("addrtype"), ghi_written(&type));
		}
		ghi_row_put(w, &first, key, value);
	}
}

/* Lines are parted by CR LF; behind the last there is none. */
static void auth_line_put(struct ghi_writer *w, const char *prefix, gh_slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] == '\r' || text.p[i] == '\n' || text.p[i] == '\0') &&
		    w->err == GH_OK)
			w->err = GH_EMALFORMED;
	ghi_put(w, gh_slice_of(prefix));
	ghi_put(w, text);
}

static void auth_byte_put(struct ghi_writer *w, unsigned byte)
{
	ghi_put_u8(w, (uint8_t) "0123456789ABCDEF"[byte >> 4 & 15]);
	ghi_put_u8(w, (uint8_t) "0123456789ABCDEF"[byte & 15]);
}

void ghi_auth_reply_write(struct ghi_writer *w, const struct ghi_auth_reply *r)
{
	auth_line_put(w, "AUTH=", auth_word[r->auth]);
	auth_line_put(w, "\r\n", r->record);
	if (r->auth == GHI_AUTH_SUCCESS && r->door >= 1 && r->door <= CONTROL_MOST &&
	    r->seconds >= 1 && r->seconds <= CONTROL_MOST) {
		ghi_put(w, GH_LIT("\r\n"));
		ghi_put(w, CONTROL_PREFIX);
		auth_byte_put(w, CONTROL_OUTPUT);
		auth_byte_put(w, r->door);
		auth_byte_put(w, CONTROL_LOCK);
		auth_byte_put(w, r->seconds);
	}
	if (r->tips.n)
		auth_line_put(w, "\r\nTIPS=", r->tips);
}

/* Four bytes, or five with an operator. */
static void auth_control_read(gh_slice digits, struct ghi_auth_reply *out)
{
	unsigned byte[CONTROL_BYTES];

	if (digits.n < 2 * CONTROL_BYTES)
		return;
	for (size_t i = 0; i < CONTROL_BYTES; i++) {
		int high = ghi_hex_value(digits.p[2 * i]),
		    low = ghi_hex_value(digits.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return;
		byte[i] = (unsigned)high << 4 | (unsigned)low;
	}
	if (byte[0] == CONTROL_OUTPUT && byte[2] == CONTROL_LOCK && byte[1] >= 1 &&
	    byte[1] <= CONTROL_MOST && byte[3] >= 1 && byte[3] <= CONTROL_MOST) {
		out->door = byte[1];
		out->seconds = byte[3];
	}
}

static bool auth_verdict_read(gh_slice word, enum ghi_auth *out)
{
	for (enum ghi_auth i = 0; i < GHI_AUTHS; i++)
		if (gh_slice_ieq(word, auth_word[i])) {
			*out = i;
			return true;
		}
	return false;
}

enum gh_err ghi_auth_reply_read(gh_slice body, struct ghi_auth_reply *out)
{
	struct ghi_lines lines = ghi_lines_of(body);
	struct ghi_auth_reply r = { .auth = GHI_AUTHS };
	gh_slice line;

	while (ghi_lines_next(&lines, &line)) {
		line = gh_slice_trim(line);
		if (gh_slice_istarts(line, GH_LIT("AUTH=")) && r.auth == GHI_AUTHS) {
			if (!auth_verdict_read(gh_slice_trim(gh_slice_from(line, 5)), &r.auth))
				return GH_EMALFORMED;
		} else if (gh_slice_starts(line, CONTROL_PREFIX)) {
			auth_control_read(gh_slice_trim(gh_slice_from(line, CONTROL_PREFIX.n)),
					  &r);
		} else if (gh_slice_istarts(line, GH_LIT("TIPS="))) {
			r.tips = gh_slice_from(line, 5);
		} else if (line.n && r.record.n == 0) {
			r.record = line;
		}
	}
	if (r.auth == GHI_AUTHS)
		return GH_EMALFORMED;
	if (r.auth != GHI_AUTH_SUCCESS)
		r.door = r.seconds = 0;
	*out = r;
	return GH_OK;
}
