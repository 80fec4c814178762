#include "wire/terminal/request.h"

#include "base/reader.h"
#include "wire/terminal/face.h"
#include "wire/terminal/text.h"

enum { PIN = GH_PIN_SIZE - 1, VERIFY = 24 };

static void request_put_zeros(struct ghi_writer *w, size_t n)
{
	while (n--)
		ghi_put_u8(w, 0);
}

void ghi_terminal_prepare_write(struct ghi_writer *w, const struct ghi_terminal_prepare *p)
{
	ghi_put_u8(w, 1);
	ghi_put_u16(w, p->command);
	ghi_put_u32(w, p->table);
	ghi_put_u32(w, p->extra);
}

enum gh_err ghi_terminal_prepare_parse(gh_slice data, struct ghi_terminal_prepare *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_prepare v;

	ghi_u8(&r);
	v.command = ghi_u16(&r);
	v.table = ghi_u32(&r);
	v.extra = ghi_u32(&r);
	if (r.err)
		return GH_EMALFORMED;
	*out = v;
	return GH_OK;
}

void ghi_terminal_prepared_write(struct ghi_writer *w, uint32_t size)
{
	ghi_put_u8(w, 0);
	ghi_put_u32(w, size);
	ghi_put_u32(w, size);
	ghi_put_u32(w, 0);
}

enum gh_err ghi_terminal_prepared_parse(gh_slice data, uint32_t *size)
{
	struct ghi_reader r = ghi_reader_on(data);
	uint32_t v;

	/* 13 bytes in all captures; the size stands in the first five. */
	ghi_u8(&r);
	v = ghi_u32(&r);
	if (r.err)
		return GH_EMALFORMED;
	*size = v;
	return GH_OK;
}

void ghi_terminal_window_write(struct ghi_writer *w, struct ghi_terminal_window v)
{
	ghi_put_u32(w, v.offset);
	ghi_put_u32(w, v.size);
}

enum gh_err ghi_terminal_window_parse(gh_slice data, struct ghi_terminal_window *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_window v = { ghi_u32(&r), 0 };

	v.size = ghi_u32(&r);
	if (r.err)
		return GH_EMALFORMED;
	*out = v;
	return GH_OK;
}

void ghi_terminal_announce_write(struct ghi_writer *w, uint32_t size, uint32_t packet)
{
	ghi_put_u32(w, size);
	if (packet)
		ghi_put_u32(w, packet);
}

enum gh_err ghi_terminal_announce_parse(gh_slice data, uint32_t *size)
{
	return ghi_terminal_number_parse(data, size);
}

void ghi_terminal_finger_write(struct ghi_writer *w, uint16_t uid, uint8_t finger)
{
	ghi_put_u16(w, uid);
	ghi_put_u8(w, finger);
}

enum gh_err ghi_terminal_finger_parse(gh_slice data, uint16_t *uid, uint8_t *finger)
{
	struct ghi_reader r = ghi_reader_on(data);
	uint16_t u = ghi_u16(&r);
	uint8_t f = ghi_u8(&r);

	if (r.err)
		return GH_EMALFORMED;
	*uid = u;
	*finger = f;
	return GH_OK;
}

void ghi_terminal_delete_finger_write(struct ghi_writer *w,
				      const struct ghi_terminal_pin_finger *v)
{
	ghi_terminal_text_put(w, v->pin, sizeof(v->pin), PIN);
	ghi_put_u8(w, v->finger);
}

void ghi_terminal_enroll_write(struct ghi_writer *w, const struct ghi_terminal_pin_finger *v,
			       size_t size)
{
	uint32_t number = 0;

	if (size == PIN + 2) {
		ghi_terminal_delete_finger_write(w, v);
		ghi_put_u8(w, v->flag);
		return;
	}
	if ((!ghi_terminal_text_number(v->pin, &number) ||
	     (size == 4 && number > UINT16_MAX)) &&
	    w->err == GH_OK)
		w->err = GH_EINVALID;
	if (size == 5) {
		ghi_put_u32(w, number);
		ghi_put_u8(w, v->finger);
	} else {
		ghi_put_u16(w, (uint16_t)number);
		ghi_put_u16(w, v->finger);
	}
}

enum gh_err ghi_terminal_pin_finger_parse(gh_slice data, struct ghi_terminal_pin_finger *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_pin_finger v = { .flag = 1 };

	if (data.n == PIN + 2 || data.n == PIN + 1) {
		ghi_terminal_text_get(ghi_bytes(&r, PIN).p, PIN, v.pin, sizeof(v.pin));
		v.finger = ghi_u8(&r);
		if (data.n == PIN + 2)
			v.flag = ghi_u8(&r);
	} else if (data.n == 5) {
		ghi_terminal_text_decimal(ghi_u32(&r), v.pin, sizeof(v.pin));
		v.finger = ghi_u8(&r);
	} else if (data.n == 4) {
		ghi_terminal_text_decimal(ghi_u16(&r), v.pin, sizeof(v.pin));
		v.finger = (uint8_t)ghi_u16(&r);
	} else {
		return GH_EMALFORMED;
	}
	*out = v;
	return GH_OK;
}

void ghi_terminal_store_write(struct ghi_writer *w, const struct ghi_terminal_store *v)
{
	ghi_put_u16(w, v->uid);
	ghi_put_u8(w, v->finger);
	ghi_put_u8(w, v->flag);
	ghi_put_u16(w, v->size);
}

enum gh_err ghi_terminal_store_parse(gh_slice data, struct ghi_terminal_store *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_store v = { .uid = ghi_u16(&r) };

	v.finger = ghi_u8(&r);
	v.flag = ghi_u8(&r);
	v.size = ghi_u16(&r);
	if (r.err)
		return GH_EMALFORMED;
	*out = v;
	return GH_OK;
}

void ghi_terminal_verify_write(struct ghi_writer *w, uint16_t uid, uint8_t mode)
{
	ghi_put_u16(w, uid);
	ghi_put_u8(w, mode);
	request_put_zeros(w, VERIFY - 3);
}

enum gh_err ghi_terminal_verify_parse(gh_slice data, uint16_t *uid, uint8_t *mode)
{
	return ghi_terminal_finger_parse(data, uid, mode);
}

void ghi_terminal_face_request_write(struct ghi_writer *w, const char *pin)
{
	ghi_terminal_text_put(w, pin, strlen(pin), PIN);
	ghi_put_u8(w, 0);
	ghi_put_u8(w, GHI_TERMINAL_FACE_ALL);
	ghi_put_u16(w, 0);
}

void ghi_terminal_face_request_write_uid(struct ghi_writer *w, uint16_t uid)
{
	ghi_terminal_finger_write(w, uid, GHI_TERMINAL_FACE_ALL);
}

enum gh_err ghi_terminal_face_request_parse(gh_slice data, char pin[GH_PIN_SIZE], uint16_t *uid)
{
	struct ghi_reader r = ghi_reader_on(data);

	if (data.n == 3) {
		*uid = ghi_u16(&r);
		memset(pin, 0, GH_PIN_SIZE);
		return GH_OK;
	}
	if (data.n < PIN + 2)
		return GH_EMALFORMED;
	*uid = 0;
	ghi_terminal_text_get(data.p, PIN, pin, GH_PIN_SIZE);
	return GH_OK;
}

void ghi_terminal_photo_request_write(struct ghi_writer *w, const char *pin)
{
	ghi_put(w, gh_slice_of(pin));
	ghi_put(w, (gh_slice){ (const uint8_t *)".jpg", 5 });
}

enum gh_err ghi_terminal_photo_request_parse(gh_slice data, char pin[GH_PIN_SIZE])
{
	gh_slice name = ghi_terminal_text_cut(data);

	if (name.n < 5 || name.n - 4 >= GH_PIN_SIZE || memcmp(name.p + name.n - 4, ".jpg", 4))
		return GH_EMALFORMED;
	ghi_terminal_text_get(name.p, name.n - 4, pin, GH_PIN_SIZE);
	return GH_OK;
}

void ghi_terminal_lcd_write(struct ghi_writer *w, int16_t line, gh_slice text)
{
	ghi_put_u16(w, (uint16_t)line);
	ghi_put_u8(w, 0);
	ghi_put_u8(w, ' ');
	ghi_put(w, text);
}

enum gh_err ghi_terminal_lcd_parse(gh_slice data, int16_t *line, gh_slice *text)
{
	struct ghi_reader r = ghi_reader_on(data);
	uint16_t v = ghi_u16(&r);

	ghi_u8(&r);
	if (r.err)
		return GH_EMALFORMED;
	*line = (int16_t)v;
	*text = ghi_terminal_text_cut(gh_slice_from(data, 3));
	if (text->n && text->p[0] == ' ')
		*text = gh_slice_from(*text, 1);
	return GH_OK;
}

void ghi_terminal_number_write(struct ghi_writer *w, uint32_t v)
{
	ghi_put_u32(w, v);
}

enum gh_err ghi_terminal_number_parse(gh_slice data, uint32_t *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	uint32_t v = ghi_u32(&r);

	if (r.err)
		return GH_EMALFORMED;
	*out = v;
	return GH_OK;
}

void ghi_terminal_uid_write(struct ghi_writer *w, uint16_t uid)
{
	ghi_put_u16(w, uid);
}

enum gh_err ghi_terminal_uid_parse(gh_slice data, uint16_t *uid)
{
	struct ghi_reader r = ghi_reader_on(data);
	uint16_t v = ghi_u16(&r);

	if (r.err)
		return GH_EMALFORMED;
	*uid = v;
	return GH_OK;
}
