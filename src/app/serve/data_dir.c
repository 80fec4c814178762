#include "app/serve/data_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int data_dir_open_in(const struct data_dir *d, const char *name, int flags)
{
	char *path = g_build_filename(d->path, name, NULL);
	int fd = open(path, flags | O_CLOEXEC, 0600);
	int saved = errno;

	g_free(path);
	errno = saved;
	return fd;
}

bool data_dir_open(struct data_dir *d, const char *path, char *why, size_t why_size)
{
	*d = (struct data_dir){ .path = path, .lock = -1 };
	if (g_mkdir_with_parents(path, 0700) != 0) {
		snprintf(why, why_size, "cannot make the data directory %s: %s", path,
			 strerror(errno));
		return false;
	}
	d->lock = data_dir_open_in(d, "gatehouse.lock", O_RDWR | O_CREAT);
	if (d->lock < 0) {
		snprintf(why, why_size, "cannot write to the data directory %s: %s", path,
			 strerror(errno));
		return false;
	}
	if (flock(d->lock, LOCK_EX | LOCK_NB) != 0) {
		snprintf(why, why_size, "another gatehouse is using the data directory %s",
			 path);
		data_dir_close(d);
		return false;
	}
	return true;
}

void data_dir_close(struct data_dir *d)
{
	if (d->lock >= 0)
		close(d->lock);
	d->lock = -1;
}

bool data_dir_write_secret(const struct data_dir *d, const char *name, const char *text,
			   char *why, size_t why_size)
{
	size_t n = strlen(text);
	int dir = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = data_dir_open_in(d, name, O_WRONLY | O_CREAT | O_TRUNC);
	bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, text, n) == (ssize_t)n &&
		  write(fd, "\n", 1) == 1 && fsync(fd) == 0 && dir >= 0 && fsync(dir) == 0;

	if (!ok)
		snprintf(why, why_size, "cannot write %s/%s: %s", d->path, name,
			 strerror(errno));
	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	return ok;
}
