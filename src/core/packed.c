#include "core/packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* Bytes passed to the library at a time: between two checks of the limits it unpacks at most a
 * thousand times as much. */
#define FEED 4096
#define STEP (1 << 20)	      /* unpacked at a time */
#define LIBRARY_MEMORY 262144 /* approximate memory of libarchive and zlib */

struct packed {
	struct archive *archive;
	const struct budget_share *share;
	gh_slice body, rest; /* `rest` was not passed to the library yet */
	gh_slice block;	     /* unpacked, and not in the window yet; the library's */
	bool verified, in_file, ended;
	size_t members; /* files of the archive so far */
	uint8_t *bytes; /* the window: `given` bytes of it, then more */
	size_t n, cap, given;
	char reason[160];
};

/* Whether a limit is exceeded; then the reason is set. */
static bool packed_excessive(struct packed *p)
{
	la_int64_t unpacked = archive_filter_bytes(p->archive, 0);

	if (unpacked > PACKED_MAX)
		snprintf(p->reason, sizeof(p->reason), "unpacks to more than %d MiB",
			 PACKED_MAX >> 20);
	else if (unpacked > PACKED_RATIO_FROM && (size_t)unpacked / PACKED_RATIO > p->body.n)
		snprintf(p->reason, sizeof(p->reason), "unpacks to more than %d times its size",
			 PACKED_RATIO);
	else
		return false;
	return true;
}

static la_ssize_t packed_feed(struct archive *a, void *ctx, const void **block)
{
	struct packed *p = ctx;
	size_t n = p->rest.n < FEED ? p->rest.n : FEED;

	if (packed_excessive(p)) {
		archive_set_error(a, EFBIG, "%s", p->reason);
		return ARCHIVE_FATAL;
	}
	*block = p->rest.p;
	p->rest = gh_slice_from(p->rest, n);
	return (la_ssize_t)n;
}

static enum gh_err packed_damaged(struct packed *p)
{
	const char *why = archive_error_string(p->archive);

	if (p->reason[0])
		return GH_ETOOBIG;
	snprintf(p->reason, sizeof(p->reason), "is damaged: %s", why ? why : "unknown format");
	return GH_EMALFORMED;
}

struct packed *packed_open(gh_slice body, const struct budget_share *share)
{
	struct packed *p;

	if (!ghi_budget_charge(share, LIBRARY_MEMORY))
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p)
		*p = (struct packed){ .archive = archive_read_new(),
				      .share = share,
				      .body = body,
				      .rest = body };
	if (p == NULL || p->archive == NULL) {
		free(p);
		ghi_budget_release(share, LIBRARY_MEMORY);
		return NULL;
	}
	archive_read_support_filter_gzip(p->archive);
	archive_read_support_format_tar(p->archive);
	return p;
}

/* --- the whole of it, before a record is read --- */

static enum gh_err verify_fail(struct packed *p, enum gh_err err, const char *why)
{
	snprintf(p->reason, sizeof(p->reason), "%s", why);
	return err;
}

/* What was unpacked so far, of which these bytes came last; `first`: they are the first. */
static enum gh_err verify_limits(struct packed *p, size_t unpacked, gh_slice bytes, bool first)
{
	if (unpacked > PACKED_MAX) {
		snprintf(p->reason, sizeof(p->reason), "unpacks to more than %d MiB",
			 PACKED_MAX >> 20);
		return GH_ETOOBIG;
	}
	if (unpacked > PACKED_RATIO_FROM && unpacked / PACKED_RATIO > p->body.n) {
		snprintf(p->reason, sizeof(p->reason), "unpacks to more than %d times its size",
			 PACKED_RATIO);
		return GH_ETOOBIG;
	}
	if (first && gh_slice_starts(bytes, GH_LIT("\x1f\x8b")))
		return verify_fail(p, GH_ETOOBIG, "is packed more than once");
	return GH_OK;
}

/* The library does not look at the checksum, and unpacks what is packed twice. */
static enum gh_err verify_stream(struct packed *p, z_stream *z)
{
	uint8_t out[32768];
	size_t unpacked = 0;

	for (int r = Z_OK; r != Z_STREAM_END;) {
		z->next_out = out;
		z->avail_out = sizeof(out);
		r = inflate(z, Z_NO_FLUSH);
		gh_slice got = { out, sizeof(out) - z->avail_out };

		if (r != Z_OK && r != Z_STREAM_END)
			return verify_fail(p, GH_EMALFORMED,
					   r == Z_BUF_ERROR
						   ? "is damaged: it breaks off"
						   : "is damaged: its checksum, its length or "
						     "what it holds is wrong");
		unpacked += got.n;
		enum gh_err err = verify_limits(p, unpacked, got, unpacked == got.n && got.n);
		if (err)
			return err;
	}
	return z->avail_in
		       ? verify_fail(p, GH_EMALFORMED, "is damaged: something follows its end")
		       : GH_OK;
}

static enum gh_err packed_verify(struct packed *p)
{
	z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)p->body.p,
		       .avail_in = (uInt)p->body.n };

	if (p->body.n > UINT32_MAX)
		return verify_fail(p, GH_ETOOBIG, "is too large");
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return verify_fail(p, GH_ENOMEM, "is too large for the memory left");
	enum gh_err err = verify_stream(p, &z);

	inflateEnd(&z);
	if (err == GH_OK &&
	    archive_read_open(p->archive, p, NULL, packed_feed, NULL) != ARCHIVE_OK)
		err = packed_damaged(p);
	p->verified = err == GH_OK;
	return err;
}

void packed_close(struct packed *p)
{
	if (p == NULL)
		return;
	archive_read_free(p->archive);
	ghi_budget_release(p->share, p->cap + LIBRARY_MEMORY);
	free(p->bytes);
	free(p);
}

static enum gh_err packed_grow(struct packed *p)
{
	size_t cap = p->cap ? p->cap * 2 : PACKED_WINDOW;
	uint8_t *grown;

	if (cap > PACKED_WINDOW_MAX) {
		snprintf(p->reason, sizeof(p->reason), "has a record of more than %d MiB",
			 PACKED_WINDOW_MAX >> 20);
		return GH_ETOOBIG;
	}
	grown = NULL;
	if (ghi_budget_charge(p->share, cap - p->cap)) {
		grown = realloc(p->bytes, cap);
		if (grown == NULL)
			ghi_budget_release(p->share, cap - p->cap);
	}
	if (grown == NULL) {
		snprintf(p->reason, sizeof(p->reason), "is too large for the memory left");
		return GH_ENOMEM;
	}
	p->bytes = grown;
	p->cap = cap;
	return GH_OK;
}

/* The next bytes of a file, or the line end after one. GH_OK with an empty block: a file began, or
 * none is left. */
static enum gh_err packed_block(struct packed *p)
{
	struct archive_entry *entry;
	la_int64_t offset;
	const void *block = NULL;
	size_t n = 0;
	int r;

	if (!p->in_file) {
		r = archive_read_next_header(p->archive, &entry);
		p->ended = r == ARCHIVE_EOF;
		p->in_file = !p->ended;
		if (p->in_file && ++p->members > PACKED_MEMBERS) {
			snprintf(p->reason, sizeof(p->reason), "has more than %d files",
				 PACKED_MEMBERS);
			return GH_ETOOBIG;
		}
	} else {
		r = archive_read_data_block(p->archive, &block, &n, &offset);
		p->in_file = r != ARCHIVE_EOF;
		p->block = p->in_file ? (gh_slice){ block, n } : GH_LIT("\n");
	}
	if (r < ARCHIVE_WARN && r != ARCHIVE_EOF)
		return packed_damaged(p);
	return packed_excessive(p) ? GH_ETOOBIG : GH_OK;
}

/* Unpack until the window is full, the package ends or it is the turn of other requests. */
static enum gh_err packed_fill(struct packed *p)
{
	la_int64_t stop = archive_filter_bytes(p->archive, 0) + STEP;
	enum gh_err err = GH_OK;

	while (err == GH_OK && p->n < p->cap && !packed_ended(p)) {
		size_t n = p->cap - p->n < p->block.n ? p->cap - p->n : p->block.n;

		if (n)
			memcpy(p->bytes + p->n, p->block.p, n);
		p->n += n;
		p->block = gh_slice_from(p->block, n);
		if (p->block.n || p->ended)
			continue;
		if (archive_filter_bytes(p->archive, 0) > stop)
			break;
		err = packed_block(p);
	}
	return err;
}

/* The bytes behind the last line end belong to the next window. */
static size_t packed_lines_end(const struct packed *p)
{
	const uint8_t *last = p->n ? memrchr(p->bytes, '\n', p->n) : NULL;

	return packed_ended(p) ? p->n : last ? (size_t)(last - p->bytes) + 1 : 0;
}

enum gh_err packed_next(struct packed *p, size_t keep, gh_slice *window)
{
	size_t gone = p->given - keep, end;
	enum gh_err err = p->reason[0] ? GH_EMALFORMED : GH_OK;

	if (err == GH_OK && !p->verified)
		err = packed_verify(p);
	if (gone)
		memmove(p->bytes, p->bytes + gone, p->n - gone);
	p->n -= gone;
	p->given = keep;
	if (err == GH_OK && p->n == p->cap && !packed_ended(p))
		err = packed_grow(p);
	if (err == GH_OK)
		err = packed_fill(p);
	if (err)
		return err;
	end = packed_lines_end(p);
	if (end > keep)
		p->given = end;
	*window = (gh_slice){ p->bytes, p->given };
	return GH_OK;
}

bool packed_ended(const struct packed *p)
{
	return p->ended && p->block.n == 0;
}

const char *packed_reason(const struct packed *p)
{
	return p->reason;
}
