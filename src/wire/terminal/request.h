/* Data of requests, and of the small replies, both ways (terminal digest 6, 7, 9.3, 10, 11).
 * Parsers: false, or GH_EMALFORMED, where the bytes are not of that form. */
#ifndef GH_WIRE_TERMINAL_REQUEST_H
#define GH_WIRE_TERMINAL_REQUEST_H

#include <gatehouse/terminal_record.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* PREPARE_BUFFER: 11 bytes. */
struct ghi_terminal_prepare {
	uint16_t command;
	uint32_t table, extra;
};
void ghi_terminal_prepare_write(struct ghi_writer *w, const struct ghi_terminal_prepare *p);
GH_MUST_CHECK enum gh_err ghi_terminal_prepare_parse(gh_slice data,
						     struct ghi_terminal_prepare *out);
/* Its reply ACK_OK: 13 bytes with the size of the table. */
void ghi_terminal_prepared_write(struct ghi_writer *w, uint32_t size);
GH_MUST_CHECK enum gh_err ghi_terminal_prepared_parse(gh_slice data, uint32_t *size);

/* READ_BUFFER: 8 bytes. */
struct ghi_terminal_window {
	uint32_t offset, size;
};
void ghi_terminal_window_write(struct ghi_writer *w, struct ghi_terminal_window v);
GH_MUST_CHECK enum gh_err ghi_terminal_window_parse(gh_slice data,
						    struct ghi_terminal_window *out);

/* PREPARE_DATA, the head of a stream either way: the bytes that follow, and how many of them in
 * a packet (a hint; absent when uploading: 0). */
void ghi_terminal_announce_write(struct ghi_writer *w, uint32_t size, uint32_t packet);
GH_MUST_CHECK enum gh_err ghi_terminal_announce_parse(gh_slice data, uint32_t *size);

/* DELETE_USERTEMP, USERTEMP_RRQ, GET_USERTEMP: uid and finger. */
void ghi_terminal_finger_write(struct ghi_writer *w, uint16_t uid, uint8_t finger);
GH_MUST_CHECK enum gh_err ghi_terminal_finger_parse(gh_slice data, uint16_t *uid,
						    uint8_t *finger);

/* DEL_USER_TEMP: PIN and finger, 25 bytes. STARTENROLL the same with a flag behind, 26, or with
 * the PIN as a number (5, old firmware), or uid and finger as 16 bits (4, manual 2006-12). */
struct ghi_terminal_pin_finger {
	char pin[GH_PIN_SIZE]; /* of the 4-byte form: the uid in decimal */
	uint8_t finger, flag;
};
void ghi_terminal_delete_finger_write(struct ghi_writer *w,
				      const struct ghi_terminal_pin_finger *v);
/* size: 26, 5 or 4. The writer's error is GH_EINVALID where the PIN must be a number. */
void ghi_terminal_enroll_write(struct ghi_writer *w, const struct ghi_terminal_pin_finger *v,
			       size_t size);
/* 26, 25, 5 and 4 bytes. */
GH_MUST_CHECK enum gh_err ghi_terminal_pin_finger_parse(gh_slice data,
							struct ghi_terminal_pin_finger *out);

/* TMP_WRITE: what was uploaded is this finger's. 6 bytes. */
struct ghi_terminal_store {
	uint16_t uid, size;
	uint8_t finger, flag;
};
void ghi_terminal_store_write(struct ghi_writer *w, const struct ghi_terminal_store *v);
GH_MUST_CHECK enum gh_err ghi_terminal_store_parse(gh_slice data,
						   struct ghi_terminal_store *out);

/* VERIFY_WRQ and _RRQ: 24 bytes. */
void ghi_terminal_verify_write(struct ghi_writer *w, uint16_t uid, uint8_t mode);
GH_MUST_CHECK enum gh_err ghi_terminal_verify_parse(gh_slice data, uint16_t *uid,
						    uint8_t *mode);

/* GET_USER_FACE: PIN and "all faces", 28 bytes, or uid and the same, 3 bytes. */
void ghi_terminal_face_request_write(struct ghi_writer *w, const char *pin);
void ghi_terminal_face_request_write_uid(struct ghi_writer *w, uint16_t uid);
/* Fills one of the two: *uid is 0 where the PIN was given. */
GH_MUST_CHECK enum gh_err ghi_terminal_face_request_parse(gh_slice data, char pin[GH_PIN_SIZE],
							  uint16_t *uid);

/* DOWNLOAD_PHOTO: "PIN.jpg" and NUL. */
void ghi_terminal_photo_request_write(struct ghi_writer *w, const char *pin);
GH_MUST_CHECK enum gh_err ghi_terminal_photo_request_parse(gh_slice data,
							   char pin[GH_PIN_SIZE]);

/* WRITE_LCD: line, a zero, a blank and the text. The blank is dropped when parsing. */
void ghi_terminal_lcd_write(struct ghi_writer *w, int16_t line, gh_slice text);
GH_MUST_CHECK enum gh_err ghi_terminal_lcd_parse(gh_slice data, int16_t *line, gh_slice *text);

/* Numbers alone: SET_TIME, UNLOCK, TESTVOICE, REG_EVENT take 32 bits; DELETE_USER 16. */
void ghi_terminal_number_write(struct ghi_writer *w, uint32_t v);
GH_MUST_CHECK enum gh_err ghi_terminal_number_parse(gh_slice data, uint32_t *out);
void ghi_terminal_uid_write(struct ghi_writer *w, uint16_t uid);
GH_MUST_CHECK enum gh_err ghi_terminal_uid_parse(gh_slice data, uint16_t *uid);

#endif
