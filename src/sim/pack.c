#include "sim/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

enum gh_err sim_pack_write(const char *name, gh_slice text, uint8_t *to, size_t cap,
			   gh_slice *out)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	enum gh_err err = GH_ENOMEM;
	size_t used = 0;

	if (a == NULL || entry == NULL)
		goto out;
	err = GH_ESPACE;
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)text.n);
	archive_entry_set_mtime(entry, 1704067200, 0);
	if (archive_write_add_filter_gzip(a) || archive_write_set_format_ustar(a) ||
	    archive_write_set_options(a, "gzip:!timestamp") ||
	    archive_write_open_memory(a, to, cap, &used) || archive_write_header(a, entry) ||
	    archive_write_data(a, text.p, text.n) != (la_ssize_t)text.n ||
	    archive_write_close(a))
		goto out;
	*out = (gh_slice){ to, used };
	err = GH_OK;
out:
	archive_entry_free(entry);
	archive_write_free(a);
	return err;
}

/* The data of the current entry behind what is there already. */
static enum gh_err pack_append(struct archive *a, uint8_t *to, size_t limit, size_t *n)
{
	for (;;) {
		la_ssize_t got;

		if (*n == limit)
			return GH_ETOOBIG;
		got = archive_read_data(a, to + *n, limit - *n);
		if (got < 0)
			return GH_EMALFORMED;
		if (got == 0)
			return GH_OK;
		*n += (size_t)got;
	}
}

enum gh_err sim_pack_read(gh_slice file, size_t limit, gh_slice *out)
{
	bool packed = gh_slice_starts(file, GH_LIT("\x1f\x8b"));
	struct archive *a = archive_read_new();
	uint8_t *text = malloc(limit);
	struct archive_entry *entry;
	enum gh_err err = GH_OK;
	size_t n = 0;
	int rc;

	if (a == NULL || text == NULL) {
		err = GH_ENOMEM;
	} else if (!packed) {
		n = file.n < limit ? file.n : limit;
		if (n)
			memcpy(text, file.p, n);
		err = file.n > limit ? GH_ETOOBIG : GH_OK;
	} else {
		archive_read_support_filter_gzip(a);
		archive_read_support_format_tar(a);
		rc = archive_read_open_memory(a, file.p, file.n);
		while (err == GH_OK && rc == ARCHIVE_OK &&
		       (rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK)
			err = pack_append(a, text, limit, &n);
		if (err == GH_OK && rc != ARCHIVE_EOF)
			err = GH_EMALFORMED;
	}
	archive_read_free(a);
	if (err) {
		free(text);
		return err;
	}
	*out = (gh_slice){ text, n };
	return GH_OK;
}
