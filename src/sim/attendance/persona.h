/* What kinds of attendance device there are to simulate, as data. */
#ifndef GH_SIM_ATTENDANCE_PERSONA_H
#define GH_SIM_ATTENDANCE_PERSONA_H

#include "base/err.h"
#include "base/slice.h"

#define PERSONA_LIMIT 32 /* how many one fleet can mix */

/* What it has parts for: decides which records exist on it and which commands it takes. */
enum persona_can {
	CAN_FP = 1 << 0,
	CAN_FACE = 1 << 1, /* FACE records, several parts */
	CAN_FVEIN = 1 << 2,
	CAN_BIO_DATA = 1 << 3, /* faces as unified templates */
	CAN_USER_PIC = 1 << 4,
	CAN_BIO_PHOTO = 1 << 5,
	CAN_PHOTO = 1 << 6, /* takes a picture with some punches */
	CAN_ID_CARD = 1 << 7,
	CAN_ERROR_LOG = 1 << 8,
	CAN_OPTIONS = 1 << 9, /* pushes settings unasked */
	CAN_WORK_CODE = 1 << 10,
	CAN_REMOTE = 1 << 11, /* requests people it does not have from the server */
	CAN_VERIFY = 1 << 12, /* lets the server judge a finger or card; not with REMOTE */
};

enum persona_quirk {
	QUIRK_SEPARATE_SENDS = 1 << 0,	 /* head and body in sends of their own (Q1) */
	QUIRK_EMPTY_POST = 1 << 1,	 /* a POST of nothing becomes a GET (Q2) */
	QUIRK_RAW_BLANKS = 1 << 2,	 /* INFO= is not percent-encoded (Q3) */
	QUIRK_TEXT_PLAIN = 1 << 3,	 /* results count only when text/plain came back (Q5) */
	QUIRK_EXACT_CASE = 1 << 4,	 /* reply headers are matched to the letter (Q6) */
	QUIRK_TERMINATED_LINES = 1 << 5, /* a last line without its end is ignored (Q12, Q32) */
	QUIRK_STRICT_OK = 1 << 6,	 /* an idle "OK" with a line end is an error (Q32) */
	QUIRK_GB18030 = 1 << 7,		 /* names are not UTF-8 (Q28) */
	QUIRK_NULL_WORDS = 1 << 8,	 /* empty fields are "null" (Q27) */
	QUIRK_ADAPTIVE_POLL = 1 << 9,	 /* 1 s after a command, then slower (Q34) */
	QUIRK_OLD_RESULTS = 1 << 10, /* no CMD with CLEAR and RELOAD (PUSH SDK 3.2.4-3, 8) */
	QUIRK_RESULT_SN = 1 << 11,   /* &SN= in results (Q35) */
	QUIRK_OLD_USER = 1 << 12,    /* USER without Pri and Verify, FP without Size */
	QUIRK_FDATA = 1 << 13,	     /* photos go to fdata (Q8) */
	QUIRK_PACKED = 1 << 15,	     /* OPERLOG goes as .tgz (Attendance PUSH 11.14) */
	QUIRK_PING = 1 << 14,	     /* ping instead of polls during long uploads */
};

enum persona_pin { PIN_NUMBER, PIN_PADDED, PIN_LETTERS };

enum persona_stamp {
	STAMP_CURSOR, /* continues after the stamp of the handshake, whatever it is (Q23) */
	STAMP_OWN,    /* keeps its position; only stamp 0 sets it back */
	STAMP_ECHO,   /* as OWN, and uploads carry the stamp of the handshake */
};

struct persona {
	const char *name, *help;
	const char *http; /* "HTTP/1.0" */
	const char *head;
	const char *handshake;	  /* of the handshake's query, after options=all */
	const char *push_version; /* NULL: not sent */
	unsigned language;
	const char *path; /* with %s for the endpoint */
	bool keep_alive;
	const char *columns, *line_end;
	uint8_t verify[6], verifies;
	uint8_t status; /* of every punch; 0: what the person pressed */
	enum persona_pin pin;
	uint8_t batch; /* records in an upload at most */
	enum persona_stamp stamp;
	const char *firmware, *model, *fp_version;
	const char *face_version; /* NULL: no faces */
	uint8_t face_parts;
	uint32_t can, quirk;
};

/* NULL: no such one. */
const struct persona *persona_named(gh_slice name);
/* One after the other from 0; NULL after the last. */
const struct persona *persona_at(size_t i);

struct persona_mix {
	const struct persona *persona[PERSONA_LIMIT]; /* device i is persona[i % n] */
	size_t n;
};
/* "old,2.4.1", "mixed" (one of each). GH_EINVALID: *bad is no persona. GH_ETOOBIG. */
GH_MUST_CHECK enum gh_err persona_mix_parse(gh_slice list, struct persona_mix *out,
					    gh_slice *bad);

#endif
