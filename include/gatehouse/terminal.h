/* libgatehouse: a client of ZKTeco attendance terminals on port 4370, over TCP or UDP.
 *
 *	struct gh_terminal *t;
 *
 *	if (gh_terminal_new("tcp://192.168.1.201", NULL, &t) == GH_OK &&
 *	    gh_terminal_connect(t) == GH_OK)
 *		...
 *	gh_terminal_free(t);
 *
 * Calls block until they are done, fail, or are cancelled from another thread. A handle
 * belongs to one thread at a time; only gh_terminal_cancel() may be called from any. Handles
 * share nothing.
 *
 * Results go through pointers and are written on success only. The details of a failure are in
 * gh_terminal_error(). Data that a call returns by reference ("borrowed" below) stays valid
 * until the next call on the same handle. */
#ifndef GATEHOUSE_TERMINAL_H
#define GATEHOUSE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gatehouse/error.h>
#include <gatehouse/terminal_record.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gh_terminal;

/*
 * Connecting
 */

struct gh_terminal_options {
	uint32_t comm_key; /* the device's numeric key, 0: none */
	int connect_ms;	   /* to reach the device; default 5000 */
	int reply_ms; /* without a byte from the device a call fails after it; default 10000 */
	uint32_t chunk;	      /* bytes requested at a time when reading tables; 0: 65472 over
				 TCP, 16384 over UDP. Smaller ones suit slow links */
	const char *encoding; /* of names that are not UTF-8; also used to write names. A name
				 of iconv. NULL: read GB18030, write UTF-8 */
	bool ignore_checksum; /* over TCP, for firmware that computes it wrongly */
};

/* The defaults. */
GH_API void gh_terminal_options_init(struct gh_terminal_options *o);

/* A handle for "tcp://HOST[:PORT]", "udp://HOST[:PORT]", or "HOST[:PORT]": TCP first, and UDP
 * where TCP is refused. The port is 4370 unless given; IPv6 addresses stand in brackets.
 * options may be NULL. Nothing is sent. GH_EINVALID: not an address. GH_ENOMEM. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_new(const char *address,
						 const struct gh_terminal_options *options,
						 struct gh_terminal **out);

/* Connect, and prove the comm key where the device requires it. GH_EUNREACHABLE: no such host,
 * or the connection was refused. GH_ETIMEOUT: no answer. GH_EAUTH: wrong key. GH_EUNSUPPORTED:
 * the firmware refuses this protocol. GH_EMALFORMED: the answer is not of this protocol. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_connect(struct gh_terminal *t);

/* Restore what this connection changed for its own purposes (enable a disabled device, restore
 * the option SDKBuild), end the session and close the connection. If the connection is already
 * lost, a new one is attempted for this. The handle may connect again. An error means that
 * something could not be restored. */
GH_API enum gh_err gh_terminal_disconnect(struct gh_terminal *t);

/* Disconnect and free, with any iterator that is still open. NULL is fine. */
GH_API void gh_terminal_free(struct gh_terminal *t);

GH_API bool gh_terminal_is_connected(const struct gh_terminal *t);
/* "tcp" or "udp" as connected, "" before. */
GH_API const char *gh_terminal_transport(const struct gh_terminal *t);

/* Make the call that runs on t return GH_ECANCELLED as soon as possible; if none runs, the next
 * one. From any thread, also from a signal handler. */
GH_API void gh_terminal_cancel(struct gh_terminal *t);

/* Bytes done and bytes in all of the read that runs or ran last; total 0: unknown. */
GH_API void gh_terminal_progress(const struct gh_terminal *t, uint64_t *done, uint64_t *total);

/*
 * Errors
 */

struct gh_terminal_error {
	enum gh_err err;
	uint16_t command;	/* the request, 0: none */
	uint16_t reply;		/* the device's reply, 0: none */
	int system;		/* errno of the socket, 0: none */
	uint64_t expected, got; /* bytes, or records, where a number was wrong; else both 0 */
	const char *attempted;	/* what was attempted: "read the punches"; static */
	char text[200];		/* the whole error as one sentence */
};

/* Of the last call that failed; borrowed from t, never NULL. */
GH_API const struct gh_terminal_error *gh_terminal_error(const struct gh_terminal *t);

/* Names of the numbers in records and errors: static text, NULL where a number has no name. */
GH_API const char *gh_terminal_command_name(uint16_t command);
GH_API const char *gh_terminal_reply_text(uint16_t reply);
GH_API const char *gh_terminal_oplog_text(unsigned op);
GH_API const char *gh_terminal_voice_text(unsigned voice);
GH_API const char *gh_terminal_privilege_text(unsigned privilege);

/*
 * What the device is
 */

enum {
	GH_TEXT_SIZE = 128, /* of a value of the device */
};

struct gh_terminal_info {
	char serial[GH_TEXT_SIZE], name[GH_TEXT_SIZE], platform[GH_TEXT_SIZE],
		firmware[GH_TEXT_SIZE], mac[GH_TEXT_SIZE], vendor[GH_TEXT_SIZE],
		os[GH_TEXT_SIZE], produced[GH_TEXT_SIZE];
	char ip[GH_TEXT_SIZE], mask[GH_TEXT_SIZE], gateway[GH_TEXT_SIZE];
	/* -1: the device does not report it. */
	int fingerprint_version, face_version, pin_width, extend_format, user_extend_format,
		face_on, finger_on, photo_on, old_firmware;
	struct gh_counters counters;
};

/* Everything the device reports about itself; what it does not report is empty or -1. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_info(struct gh_terminal *t,
						  struct gh_terminal_info *out);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_firmware(struct gh_terminal *t, char *out,
						      size_t size);
/* Digits of a PIN. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_pin_width(struct gh_terminal *t, int *out);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_counters(struct gh_terminal *t,
						      struct gh_counters *out);

/* Options by name ("~SerialNumber", "IPAddress" ...). The value is cut to size - 1 bytes.
 * GH_ENOTFOUND: the device has no such option, or it is empty. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_option_get(struct gh_terminal *t, const char *name,
							char *out, size_t size);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_option_get_int(struct gh_terminal *t,
							    const char *name, int *out);
/* Write an option and make the device apply it. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_option_set(struct gh_terminal *t, const char *name,
							const char *value);

/* With some firmware photos and faces can be read only while its option SDKBuild is 1. on: save
 * the option and set it to 1. off, or the end of the connection: restore it. Reads of photos and
 * faces call it by themselves. GH_OK also where the firmware has no such option. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_sdk_build(struct gh_terminal *t, bool on);

/*
 * The clock: wall time without a zone
 */

GH_API GH_MUST_CHECK enum gh_err gh_terminal_time_get(struct gh_terminal *t,
						      struct gh_time *out);
/* GH_EINVALID: not a moment of the years 2000 to 2099. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_time_set(struct gh_terminal *t,
						      const struct gh_time *time);

enum { GH_TIME_TEXT = 20 };
/* To "YYYY-MM-DD HH:MM:SS" and NUL, and back. GH_EMALFORMED: text of another form. */
GH_API void gh_time_format(const struct gh_time *time, char out[GH_TIME_TEXT]);
GH_API GH_MUST_CHECK enum gh_err gh_time_parse(const char *text, struct gh_time *out);

/*
 * Users. A handle has at most one open iterator, of any kind; other calls return GH_ESTATE
 * meanwhile. Records are streamed: memory does not grow with the table. An iterator that ends
 * with anything but GH_EEND has not returned every record.
 */

struct gh_terminal_users;
GH_API GH_MUST_CHECK enum gh_err gh_terminal_users_open(struct gh_terminal *t,
							struct gh_terminal_users **out);
/* GH_OK: *out is the next. GH_EEND: there are no more, and none was lost. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_users_next(struct gh_terminal_users *it,
							struct gh_user *out);
GH_API void gh_terminal_users_close(struct gh_terminal_users *it); /* NULL is fine */

/* GH_ENOTFOUND: no user has this PIN. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_user_get(struct gh_terminal *t, const char *pin,
						      struct gh_user *out);
/* Write a user. uid 0: the uid of this PIN, or a free one, which is stored in *user. An empty
 * PIN becomes the uid in decimal. The name is taken from `name`, or from `name_raw` where `name`
 * is empty. GH_ETOOBIG: a text does not fit into the device's records. GH_EINVALID: the device
 * needs a numeric PIN. GH_EDENIED: refused (uid in use, no capacity). */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_user_set(struct gh_terminal *t,
						      struct gh_user *user);
/* Delete a user and its templates. GH_ENOTFOUND. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_user_delete(struct gh_terminal *t,
							 const char *pin);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_user_delete_uid(struct gh_terminal *t,
							     uint16_t uid);
/* The first uid above all that are in use, and as PIN the same number if it is free. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_user_free_slot(struct gh_terminal *t,
							    struct gh_user *out);
/* Bytes of a user record: 72, 28 or 16. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_user_record_size(struct gh_terminal *t, int *out);

/* Write many users and templates in one upload. Users need a uid and a PIN; templates refer to
 * their user by uid. Firmware with 72- or 28-byte records; otherwise GH_EUNSUPPORTED. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_users_save(struct gh_terminal *t,
							const struct gh_user *users,
							size_t n_users,
							const struct gh_template *templates,
							size_t n_templates);
/* Make every user a common user. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_admins_clear(struct gh_terminal *t);

/* How a user verifies: 0 as the group, 128 any, 129 fingerprint, 131 password ... */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_verify_mode_get(struct gh_terminal *t,
							     uint16_t uid, uint8_t *out);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_verify_mode_set(struct gh_terminal *t,
							     uint16_t uid, uint8_t mode);

/*
 * Fingerprint templates
 */

struct gh_terminal_templates;
GH_API GH_MUST_CHECK enum gh_err gh_terminal_templates_open(struct gh_terminal *t,
							    struct gh_terminal_templates **out);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_templates_next(struct gh_terminal_templates *it,
							    struct gh_template *out);
GH_API void gh_terminal_templates_close(struct gh_terminal_templates *it);

/* One finger, 0 to 9. out->data is borrowed. GH_ENOTFOUND: no such user, or no such finger. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_template_get(struct gh_terminal *t,
							  const char *pin, unsigned finger,
							  struct gh_template *out);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_template_get_uid(struct gh_terminal *t,
							      uint16_t uid, unsigned finger,
							      struct gh_template *out);
/* Store a template for an existing user, named by uid, or by pin where uid is 0. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_template_set(struct gh_terminal *t,
							  const struct gh_template *tmpl);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_template_delete(struct gh_terminal *t,
							     const char *pin, unsigned finger);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_template_delete_uid(struct gh_terminal *t,
								 uint16_t uid, unsigned finger);

/* Enrol a finger: the user puts it on the device three times. `step`, which may be NULL, is
 * called with every event; if it returns false, the enrolment is cancelled. Blocks up to a
 * minute per step. GH_EEXISTS: the finger is already enrolled. GH_ETIMEOUT: no finger was
 * presented. GH_EDENIED: the scan failed. */
typedef bool gh_terminal_enroll_step(void *context, const struct gh_event *event);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_enroll(struct gh_terminal *t, const char *pin,
						    unsigned finger,
						    gh_terminal_enroll_step *step,
						    void *context);
/* Make the device wait for a finger and identify it (1:N); and stop any capture. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_verify_start(struct gh_terminal *t);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_capture_cancel(struct gh_terminal *t);

/*
 * Punches
 */

struct gh_terminal_punches;
GH_API GH_MUST_CHECK enum gh_err gh_terminal_punches_open(struct gh_terminal *t,
							  struct gh_terminal_punches **out);
/* As users. Times that name no moment are kept and flagged. A record without a PIN gets that of the
 * user in its slot; where there is none, its pin is empty. GH_ETRUNCATED: the device gave less
 * than it announced, or counts (GET_FREE_SIZES) more punches than it gave. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_punches_next(struct gh_terminal_punches *it,
							  struct gh_punch *out);
/* The bytes of the record that _next gave last, borrowed until the next call on `it`. */
GH_API const uint8_t *gh_terminal_punches_record(const struct gh_terminal_punches *it,
						 size_t *size);
GH_API void gh_terminal_punches_close(struct gh_terminal_punches *it);
/* Erase the punches on the device. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_punches_clear(struct gh_terminal *t);

/*
 * Operation log
 */

struct gh_terminal_oplogs;
GH_API GH_MUST_CHECK enum gh_err gh_terminal_oplogs_open(struct gh_terminal *t,
							 struct gh_terminal_oplogs **out);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_oplogs_next(struct gh_terminal_oplogs *it,
							 struct gh_oplog *out);
GH_API void gh_terminal_oplogs_close(struct gh_terminal_oplogs *it);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_oplogs_clear(struct gh_terminal *t);

/*
 * Photos and faces. Newer firmware sends them only under SDKBuild, which is set as needed.
 */

/* A JPEG, borrowed. GH_ENOTFOUND: the user has none. GH_EUNSUPPORTED. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_photo(struct gh_terminal *t, const char *pin,
						   const uint8_t **data, size_t *size);

/* All that the device stores of the user's face, borrowed. GH_ENOTFOUND, GH_EUNSUPPORTED. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_face_get(struct gh_terminal *t, const char *pin,
						      struct gh_face *out);
struct gh_terminal_faces;
/* The faces of all users. Holds the list of users (about 2 MB for 65535) while it is open. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_faces_open(struct gh_terminal *t,
							struct gh_terminal_faces **out);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_faces_next(struct gh_terminal_faces *it,
							struct gh_face *out);
GH_API void gh_terminal_faces_close(struct gh_terminal_faces *it);

/*
 * Control
 */

/* Lock the device for its users ("working..."), for a number of seconds where the firmware
 * supports that; 0: until it is enabled. The end of the connection enables it again. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_disable(struct gh_terminal *t, unsigned seconds);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_enable(struct gh_terminal *t);
/* Leave the device disabled when the connection ends. */
GH_API void gh_terminal_keep_disabled(struct gh_terminal *t);

/* Both end the connection. A device that closes it without an answer has executed the command. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_restart(struct gh_terminal *t);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_poweroff(struct gh_terminal *t);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_sleep(struct gh_terminal *t);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_resume(struct gh_terminal *t);

/* Unlock the door. Most firmware counts in tenths of a second; some takes the number as seconds. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_unlock(struct gh_terminal *t, uint32_t tenths);

enum gh_door {
	GH_DOOR_UNKNOWN = -1, /* the answer does not contain it */
	GH_DOOR_CLOSED = 0,
	GH_DOOR_OPEN = 1,
};
GH_API GH_MUST_CHECK enum gh_err gh_terminal_door(struct gh_terminal *t, enum gh_door *out);

enum gh_terminal_state {
	GH_STATE_IDLE = 0,
	GH_STATE_ENROLLING = 1,
	GH_STATE_IDENTIFYING = 2,
	GH_STATE_MENU = 3,
	GH_STATE_BUSY = 4,
	GH_STATE_CARD = 5,
};
GH_API GH_MUST_CHECK enum gh_err gh_terminal_state(struct gh_terminal *t, int *out);

/* Write UTF-8 text on a line of the screen, counted from 0; and return the screen to the device. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_lcd_write(struct gh_terminal *t, int line,
						       const char *text);
GH_API GH_MUST_CHECK enum gh_err gh_terminal_lcd_clear(struct gh_terminal *t);
/* The blinking colon of the clock. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_clock_blink(struct gh_terminal *t, bool on);
/* Play a prompt; gh_terminal_voice_text() has their texts. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_voice(struct gh_terminal *t, unsigned index);

enum gh_data_kind {
	GH_DATA_ALL = 0, /* users, templates, punches, everything */
	GH_DATA_PUNCHES = 1,
	GH_DATA_TEMPLATES = 2,
	GH_DATA_OPLOG = 4,
	GH_DATA_USERS = 5,
};
/* Erase data. It cannot be undone. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_data_clear(struct gh_terminal *t,
							enum gh_data_kind kind);
/* Make the device apply uploaded data; the calls above do it by themselves. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_refresh(struct gh_terminal *t);
/* Make the device discard what it prepared for reading or received in pieces. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_free_data(struct gh_terminal *t);

/*
 * Live events
 */

struct gh_terminal_live;
/* Make the device send the events in `mask` (bits of enum gh_event_type) as they happen. A
 * disabled device sends none, so it is enabled. When the connection is lost, a new one is made
 * and the events are registered again. Counts as an iterator. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_live_open(struct gh_terminal *t, unsigned mask,
						       struct gh_terminal_live **out);
/* GH_OK: *out is the next event. GH_ETIMEOUT: none arrived in timeout_ms (negative: no limit);
 * call again. GH_ECANCELLED. Other errors: no connection could be made for timeout_ms; call
 * again to continue. In punches that carry only a uid, the PIN is the one the uid had at the
 * start. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_live_next(struct gh_terminal_live *it,
						       int timeout_ms, struct gh_event *out);
/* How often the connection was replaced: punches made meanwhile are only in the device's log. */
GH_API unsigned gh_terminal_live_reconnects(const struct gh_terminal_live *it);
/* Unregister the events and close the iterator. */
GH_API void gh_terminal_live_close(struct gh_terminal_live *it);
/* Only register the events, for use with gh_terminal_command(). mask 0: none. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_events_register(struct gh_terminal *t,
							     unsigned mask);

/*
 * Everything else
 */

struct gh_reply {
	uint16_t code;	     /* enum gh_terminal_reply, or a number */
	uint16_t field;	     /* the session field of the reply: a state, a count ... */
	const uint8_t *data; /* borrowed; all pieces where the reply came in several */
	size_t size;
};
/* Send any command and return the reply; a refusal is GH_OK here. GH_ETOOBIG: more than 65000
 * bytes to send, or more than 64 MiB received. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_command(struct gh_terminal *t, uint16_t command,
						     const void *data, size_t size,
						     struct gh_reply *out);

/* Any table by buffered read, piece by piece, including its 4-byte head. */
struct gh_terminal_data;
GH_API GH_MUST_CHECK enum gh_err gh_terminal_data_open(struct gh_terminal *t, uint16_t command,
						       uint32_t table, uint32_t extra,
						       struct gh_terminal_data **out);
/* The next bytes, borrowed. GH_EEND: the end. */
GH_API GH_MUST_CHECK enum gh_err gh_terminal_data_next(struct gh_terminal_data *it,
						       const uint8_t **data, size_t *size);
GH_API void gh_terminal_data_close(struct gh_terminal_data *it);

#ifdef __cplusplus
}
#endif

#endif
