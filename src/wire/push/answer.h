/* What a device posts to devicecmd: results, single-line, block or batched
 * (Attendance PUSH 2020-03, 13; PUSH SDK 2013, 3.2.4; QUIRKS Q35). */
#ifndef GH_WIRE_PUSH_ANSWER_H
#define GH_WIRE_PUSH_ANSWER_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* The first of each key counts. */
struct ghi_answer {
	gh_slice id;
	int64_t return_code;
	bool has_return;
	gh_slice sn, cmd;
	gh_slice file_name;
	gh_slice rest;	  /* the answer to the letter, without its line end */
	gh_slice content; /* what follows CMD=INFO, or Content= */
};

/* The next answer of a body; *in is advanced. GH_ENOTFOUND: no more. GH_EMALFORMED: a piece
 * that is no answer (no ID); *in is behind it. Everything is borrowed. */
GH_MUST_CHECK enum gh_err ghi_answer_next(gh_slice *in, struct ghi_answer *out);

/* The value of a further key of an answer: between '&' in the single line, or on a line of its own, as those of
 * INFO. False: there is no such key. */
bool ghi_answer_value(gh_slice answer, gh_slice key, gh_slice *value);

/* The single-line form, ended by LF. */
void ghi_answer_write(struct ghi_writer *w, gh_slice id, int64_t return_code, gh_slice cmd);

#endif
