#include "app/backup/backup_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { PIECE = 1 << 20, ABOUT_MAX = 4096, TOKEN_MAX = 4096 };
#define ABOUT "backup.json"

/* --- writing --- */

static bool file_digest(const char *path, struct backup_about *about, char why[BACKUP_WHY])
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	FILE *f = fopen(path, "re");
	char *piece = g_malloc(PIECE);
	size_t n;

	about->size = 0;
	while (f && (n = fread(piece, 1, PIECE, f)) > 0) {
		g_checksum_update(sum, (const guchar *)piece, (gssize)n);
		about->size += (int64_t)n;
	}
	bool ok = f && !ferror(f);

	if (!ok)
		g_snprintf(why, BACKUP_WHY, "cannot read %s: %s", path, g_strerror(errno));
	g_strlcpy(about->sha256, g_checksum_get_string(sum), sizeof(about->sha256));
	if (f)
		fclose(f);
	g_free(piece);
	g_checksum_free(sum);
	return ok;
}

static void about_now(struct backup_about *about)
{
	GDateTime *now = g_date_time_new_from_unix_utc(ghi_clock_wall_ms() / 1000);
	char *text = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");

	g_strlcpy(about->version, GATEHOUSE_VERSION, sizeof(about->version));
	g_strlcpy(about->created, text, sizeof(about->created));
	g_free(text);
	g_date_time_unref(now);
}

static bool member_begin(struct archive *a, const char *name, int64_t size)
{
	struct archive_entry *e = archive_entry_new();
	bool ok;

	archive_entry_set_pathname(e, name);
	archive_entry_set_size(e, size);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	archive_entry_set_mtime(e, ghi_clock_wall_ms() / 1000, 0);
	ok = archive_write_header(a, e) == ARCHIVE_OK;
	archive_entry_free(e);
	return ok;
}

static bool member_write_text(struct archive *a, const char *name, const char *text)
{
	size_t n = strlen(text);

	return member_begin(a, name, (int64_t)n) &&
	       archive_write_data(a, text, n) == (la_ssize_t)n;
}

static bool member_write_file(struct archive *a, const char *name, const char *path,
			      int64_t size)
{
	FILE *f = fopen(path, "re");
	char *piece = g_malloc(PIECE);
	bool ok = f && member_begin(a, name, size);
	size_t n;

	while (ok && (n = fread(piece, 1, PIECE, f)) > 0)
		ok = archive_write_data(a, piece, n) == (la_ssize_t)n;
	ok = ok && !ferror(f);
	if (f)
		fclose(f);
	g_free(piece);
	return ok;
}

static bool about_write(struct archive *a, const struct backup_about *about)
{
	json_t *o = json_pack("{s:i, s:s, s:s, s:I, s:s}", "format", 1, "version",
			      about->version, "createdAt", about->created, "size",
			      (json_int_t)about->size, "sha256", about->sha256);
	char *text = json_dumps(o, JSON_INDENT(2));
	bool ok = text && member_write_text(a, ABOUT, text);

	free(text);
	json_decref(o);
	return ok;
}

/* The members into an open file; archive_write_close() writes the rest. */
static bool members_write(int fd, const char *database, const char *token,
			  const struct backup_about *about, char why[BACKUP_WHY])
{
	struct archive *a = archive_write_new();
	bool ok = a && archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
		  archive_write_add_filter_zstd(a) == ARCHIVE_OK &&
		  archive_write_open_fd(a, fd) == ARCHIVE_OK && about_write(a, about) &&
		  member_write_file(a, BACKUP_DATABASE, database, about->size) &&
		  (token == NULL || member_write_text(a, BACKUP_TOKEN, token)) &&
		  archive_write_close(a) == ARCHIVE_OK;

	if (!ok)
		g_snprintf(why, BACKUP_WHY, "cannot write the backup: %s",
			   a && archive_error_string(a) ? archive_error_string(a)
							: g_strerror(errno));
	archive_write_free(a);
	return ok;
}

static bool directory_sync(const char *file)
{
	char *dir = g_path_get_dirname(file);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	g_free(dir);
	return ok;
}

bool backup_write(const char *file, const char *database, const char *token,
		  struct backup_about *about, char why[BACKUP_WHY])
{
	char *part = g_strconcat(file, ".part", NULL);
	int fd = -1;
	bool ok;

	about_now(about);
	ok = file_digest(database, about, why);
	if (ok) {
		fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		ok = fd >= 0;
		if (!ok)
			g_snprintf(why, BACKUP_WHY, "cannot write %s: %s", part,
				   g_strerror(errno));
	}
	ok = ok && members_write(fd, database, token, about, why);
	if (ok && (fsync(fd) || g_rename(part, file) || !directory_sync(file))) {
		g_snprintf(why, BACKUP_WHY, "cannot write %s: %s", file, g_strerror(errno));
		ok = false;
	}
	if (fd >= 0)
		close(fd);
	if (!ok)
		g_unlink(part);
	g_free(part);
	return ok;
}

/* --- reading --- */

struct backup_reader {
	struct archive *a;
	const char *database, *token; /* where to */
	struct backup_about *about, found;
	bool has_about, has_database, has_token;
	char *why;
};

static bool about_read(struct backup_reader *r, int64_t size)
{
	char text[ABOUT_MAX];
	la_ssize_t n = size < ABOUT_MAX ? archive_read_data(r->a, text, sizeof(text)) : -1;
	json_t *o = n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;
	const char *version = "", *created = "", *sha256 = "";
	json_int_t bytes = 0;
	int format = 0;

	r->has_about = o && json_unpack(o, "{s:i, s:s, s:s, s:I, s:s}", "format", &format,
					"version", &version, "createdAt", &created, "size",
					&bytes, "sha256", &sha256) == 0;
	if (r->has_about) {
		g_strlcpy(r->about->version, version, sizeof(r->about->version));
		g_strlcpy(r->about->created, created, sizeof(r->about->created));
		g_strlcpy(r->about->sha256, sha256, sizeof(r->about->sha256));
		r->about->size = bytes;
	}
	json_decref(o);
	if (r->has_about && format != 1)
		g_snprintf(r->why, BACKUP_WHY,
			   "it is of a later version (%s), which this program does not know",
			   r->about->version);
	else if (!r->has_about)
		g_snprintf(r->why, BACKUP_WHY, "its " ABOUT " cannot be read");
	return r->has_about && format == 1;
}

/* The member's data to a new file; its size and digest. */
static bool member_extract(struct backup_reader *r, const char *path,
			   struct backup_about *found)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *piece = g_malloc(PIECE);
	la_ssize_t n = 0;
	bool ok = fd >= 0;

	found->size = 0;
	while (ok && (n = archive_read_data(r->a, piece, PIECE)) > 0) {
		ok = write(fd, piece, (size_t)n) == n;
		g_checksum_update(sum, (const guchar *)piece, n);
		found->size += n;
	}
	if (!ok || (fd >= 0 && n == 0 && fsync(fd))) {
		g_snprintf(r->why, BACKUP_WHY, "cannot write %s: %s", path, g_strerror(errno));
		ok = false;
	} else if (n < 0) {
		g_snprintf(r->why, BACKUP_WHY, "it is damaged: %s", archive_error_string(r->a));
		ok = false;
	}
	g_strlcpy(found->sha256, g_checksum_get_string(sum), sizeof(found->sha256));
	if (fd >= 0)
		close(fd);
	g_free(piece);
	g_checksum_free(sum);
	return ok;
}

static bool member_read(struct backup_reader *r, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	struct backup_about token;

	if (name && !strcmp(name, ABOUT) && !r->has_about)
		return about_read(r, archive_entry_size(e));
	if (name && !strcmp(name, BACKUP_DATABASE) && !r->has_database) {
		r->has_database = true;
		return member_extract(r, r->database, &r->found);
	}
	if (name && !strcmp(name, BACKUP_TOKEN) && !r->has_token &&
	    archive_entry_size(e) <= TOKEN_MAX) {
		r->has_token = true;
		return member_extract(r, r->token, &token);
	}
	return true; /* of a later version */
}

static bool members_read(struct backup_reader *r)
{
	struct archive_entry *e;
	int rc;

	while ((rc = archive_read_next_header(r->a, &e)) == ARCHIVE_OK)
		if (!member_read(r, e))
			return false;
	if (rc != ARCHIVE_EOF)
		g_snprintf(r->why, BACKUP_WHY, "it is damaged, or no backup: %s",
			   archive_error_string(r->a));
	else if (!r->has_about || !r->has_database)
		g_snprintf(r->why, BACKUP_WHY, "it is no backup of Gatehouse");
	else if (r->found.size != r->about->size ||
		 strcmp(r->found.sha256, r->about->sha256) != 0)
		g_snprintf(r->why, BACKUP_WHY,
			   "the database in it is not the one that was saved");
	else
		return true;
	return false;
}

bool backup_read(const char *file, const char *database, const char *token, bool *has_token,
		 struct backup_about *about, char why[BACKUP_WHY])
{
	struct backup_reader r = { .a = archive_read_new(),
				   .database = database,
				   .token = token,
				   .about = about,
				   .why = why };
	bool ok = r.a && archive_read_support_format_tar(r.a) == ARCHIVE_OK &&
		  archive_read_support_filter_zstd(r.a) == ARCHIVE_OK &&
		  archive_read_open_filename(r.a, file, PIECE) == ARCHIVE_OK;

	if (!ok)
		g_snprintf(why, BACKUP_WHY, "cannot open it: %s",
			   g_strerror(r.a && archive_errno(r.a) > 0 ? archive_errno(r.a)
								    : ENOMEM));
	ok = ok && members_read(&r);
	archive_read_free(r.a);
	*has_token = r.has_token;
	if (!ok && r.has_database)
		g_unlink(database);
	if (!ok && r.has_token)
		g_unlink(token);
	return ok;
}
