#include "sim/attendance/account.h"

#include "base/writer.h"

#include <unistd.h>

struct account account_to(int fd)
{
	return (struct account){ .fd = fd };
}

void account_punch(struct account *a, const char *sn, const struct punch *punch)
{
	char line[256];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));

	if (a->fd < 0)
		return;
	ghi_put(&w, gh_slice_of(sn));
	ghi_put_u8(&w, '\t');
	ghi_put(&w, punch->pin);
	ghi_put_u8(&w, '\t');
	ghi_put_civil(&w, punch->time);
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, punch->status);
	ghi_put_u8(&w, '\t');
	ghi_put_signed(&w, punch->verify);
	ghi_put_u8(&w, '\t');
	ghi_put(&w, punch->work_code);
	ghi_put_u8(&w, '\n');
	if (w.err || write(a->fd, line, w.n) != (ssize_t)w.n)
		a->broken = true;
	a->dirty = true;
}

void account_sync(struct account *a)
{
	if (a->dirty && fdatasync(a->fd))
		a->broken = true;
	a->dirty = false;
}
