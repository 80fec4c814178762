#include "session/attendance/packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

struct unpacked {
	uint8_t *p;
	size_t n, cap, limit;
};

static enum gh_err append(struct unpacked *u, const void *p, size_t n)
{
	if (n > u->limit - u->n)
		return GH_ETOOBIG;
	if (u->cap - u->n < n) {
		size_t cap = u->cap ? u->cap : 65536;

		while (cap - u->n < n)
			cap *= 2;
		uint8_t *grown = realloc(u->p, cap);
		if (grown == NULL)
			return GH_ENOMEM;
		u->p = grown;
		u->cap = cap;
	}
	memcpy(u->p + u->n, p, n);
	u->n += n;
	return GH_OK;
}

static enum gh_err read_file(struct archive *a, struct unpacked *u)
{
	const void *block;
	size_t n;
	la_int64_t offset;
	enum gh_err err = GH_OK;
	int r;

	while (err == GH_OK &&
	       (r = archive_read_data_block(a, &block, &n, &offset)) != ARCHIVE_EOF) {
		if (r < ARCHIVE_WARN)
			return GH_EMALFORMED;
		err = append(u, block, n);
	}
	return err ? err : append(u, "\n", 1);
}

enum gh_err packed_open(gh_slice body, size_t limit, gh_slice *out)
{
	struct unpacked u = { .limit = limit };
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	enum gh_err err = GH_OK;
	int r;

	if (a == NULL)
		return GH_ENOMEM;
	archive_read_support_filter_gzip(a);
	archive_read_support_format_tar(a);
	if (archive_read_open_memory(a, body.p, body.n) != ARCHIVE_OK)
		err = GH_EMALFORMED;
	while (err == GH_OK && (r = archive_read_next_header(a, &entry)) != ARCHIVE_EOF)
		err = r < ARCHIVE_WARN ? GH_EMALFORMED : read_file(a, &u);
	archive_read_free(a);
	if (err) {
		free(u.p);
		return err;
	}
	*out = (gh_slice){ u.p, u.n };
	return GH_OK;
}
