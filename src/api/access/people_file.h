/* A file of people, as people bring it: CSV with a line of names, in each form in which this program writes it, or
 * NDJSON. One record at a time is read as the body of a request that makes or changes a person, so that both have the
 * same checks. What is not given is left alone: an empty cell, null, an absent member. */
#ifndef GH_API_ACCESS_PEOPLE_FILE_H
#define GH_API_ACCESS_PEOPLE_FILE_H

#include "api/body.h"

#define PEOPLE_FILE_PLACES 64 /* columns at most */
#define PEOPLE_FILE_RECORD 65536

/* An area, by its number and by its name. */
struct people_file_area {
	int64_t id;
	gh_slice name, namespace;
};

struct people_file {
	bool csv;
	char separator;
	uint8_t place[PEOPLE_FILE_PLACES]; /* a row of people_column.def, plus 1; 0: none */
	size_t places;
	const struct people_file_area *area;
	size_t areas;
};

struct people_file_row {
	int64_t id;   /* 0: none is given */
	gh_slice pin; /* empty: none is given */
	gh_slice name, code;
	gh_slice namespace; /* in which the PIN is looked for */
	struct body body;   /* an object */
};

/* By the first record, which is not blank. *head: it is the line of names. GH_EMALFORMED: *f has why. */
GH_MUST_CHECK enum gh_err people_file_begin(struct people_file *p, gh_slice first,
					    struct arena *a, bool *head, struct fault *f);

/* Whether rows of the CSV have codes. */
bool people_file_has_code(const struct people_file *p);

/* How long the next record of `rest` is, with the end of its line. */
size_t people_file_record_length(const struct people_file *p, gh_slice rest);

/* A record; all it has is in `a` or in `record`. GH_EMALFORMED, GH_ETOOBIG: *f has why, and *out what could be read.
 * GH_ENOMEM. */
GH_MUST_CHECK enum gh_err people_file_read(const struct people_file *p, gh_slice record,
					   struct arena *a, struct people_file_row *out,
					   struct fault *f);

#endif
