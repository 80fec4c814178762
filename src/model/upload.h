/* Uploads that could not become records. They are stored so that nothing a device sent is lost. */
#ifndef GH_MODEL_UPLOAD_H
#define GH_MODEL_UPLOAD_H

#include "base/slice.h"

/* One malformed record, taken out of an upload whose other records were stored. */
struct quarantine {
	int64_t id;
	int64_t device;
	gh_slice serial; /* set when read back */
	int64_t received_ms;
	gh_slice table;	 /* ATTLOG, OPERLOG … as the device named it */
	int64_t line;	 /* 1 is the first line of the body */
	int64_t offset;	 /* bytes before it in the body */
	gh_slice reason; /* what was wrong, for a person to read */
	gh_slice raw;	 /* its bytes, cut to a limit of the store */
	bool once;	 /* when put: not where the device has this line of the table already */
};

/* A whole upload of a table for which this version has no records. */
struct raw_upload {
	int64_t id;
	int64_t device;
	gh_slice serial; /* set when read back */
	int64_t received_ms;
	gh_slice table;
	gh_slice target; /* path and query as sent, secrets removed */
	gh_slice body;
};

#endif
