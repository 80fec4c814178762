/* A backup of a device: a text file of one JSON object a line, so that it can be written and
 * read in a stream, and looked into with any tool. Version 1:
 *
 *   {"type":"gatehouse-terminal-backup","version":1,"created":UTC,"serial":…,"name":…,"firmware":…}
 *   {"type":"option","name":…,"value":…}
 *   {"type":"user","pin":…,"uid":…,"name":…,"name_raw":BASE64,"password_raw":BASE64,
 *    "privilege":…,"card":…,"group":…,"own_zones":…,"zones":[…,…,…]}
 *   {"type":"template","pin":…,"uid":…,"finger":…,"flag":…,"data":BASE64}
 *   {"type":"face" or "photo","pin":…,"uid":…,"data":BASE64}
 *   {"type":"punch","pin":…,"uid":…,"time":…,"time_code":…,"status":…,"verify":…,"work_code":…}
 *   {"type":"oplog","admin":…,"op":…,"time":…,"time_code":…,"raw":BASE64}
 *   {"type":"missing","what":…,"why":…}            a table the device could not give
 *   {"type":"end","counts":{"option":…, …},"sha256":HEX}
 *
 * The last line counts the lines of each type, and holds the SHA-256 of every byte before it. A
 * file without it is incomplete. Members that are not known are to be ignored. */
#ifndef GH_APP_TERMINAL_ARCHIVE_H
#define GH_APP_TERMINAL_ARCHIVE_H

#include <gatehouse/terminal.h>

#define ARCHIVE_FORMAT "gatehouse-terminal-backup"
enum { ARCHIVE_VERSION = 1 };

enum archive_kind {
#define ARCHIVE_KIND(id, word) ARCHIVE_##id,
#include "app/terminal/archive.def"
#undef ARCHIVE_KIND
	ARCHIVE_KINDS
};

extern const char *const archive_word[ARCHIVE_KINDS];

struct archive_counts {
	uint64_t n[ARCHIVE_KINDS];
};

/* --- writing; failures are kept until the end --- */

struct archive_writer;

/* The file is readable by its owner only. NULL: errno has the reason. */
struct archive_writer *archive_create(const char *path, const struct gh_terminal_info *device);
void archive_put_option(struct archive_writer *w, const char *name, const char *value);
void archive_put_user(struct archive_writer *w, const struct gh_user *u);
void archive_put_template(struct archive_writer *w, const struct gh_template *t);
/* ARCHIVE_FACE or ARCHIVE_PHOTO. */
void archive_put_blob(struct archive_writer *w, enum archive_kind kind, const char *pin,
		      uint16_t uid, const uint8_t *data, size_t size);
void archive_put_punch(struct archive_writer *w, const struct gh_punch *p);
void archive_put_oplog(struct archive_writer *w, const struct gh_oplog *l);
void archive_put_missing(struct archive_writer *w, enum archive_kind what, const char *why);
/* There is no use in writing more. */
bool archive_failed(const struct archive_writer *w);
/* complete: with the last line, and safely on the disk. 0, or an errno of any of the calls. */
int archive_finish(struct archive_writer *w, bool complete, struct archive_counts *counts);

/* --- reading --- */

struct archive_reader;

/* GH_EIO: the file cannot be read; GH_ECORRUPT: it is no backup. **why has details, g_free() it. */
enum gh_err archive_open(const char *path, struct archive_reader **out, char **why);
void archive_close(struct archive_reader *r);

struct archive_record {
	enum archive_kind kind;
	/* USER and TEMPLATE only; data is borrowed until the next call. */
	struct gh_user user;
	struct gh_template tmpl;
};

/* GH_OK: *out is the next line. GH_EEND: that was all, counted and checked. Else archive_why().
 */
enum gh_err archive_next(struct archive_reader *r, struct archive_record *out);
const char *archive_why(const struct archive_reader *r);
const char *archive_serial(const struct archive_reader *r);
/* Of the lines read so far. */
const struct archive_counts *archive_counted(const struct archive_reader *r);

#endif
