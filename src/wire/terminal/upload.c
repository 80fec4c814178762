#include "wire/terminal/upload.h"

#include "base/reader.h"
#include "wire/terminal/template.h"
#include "wire/terminal/user.h"

enum { MARK = 2, FINGER = 0x10 };

static size_t template_bytes(const struct gh_template *t, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += 2 + (size_t)t[i].size;
	return bytes;
}

size_t ghi_terminal_upload_size(size_t users, size_t user_size, const struct gh_template *t,
				size_t templates)
{
	return GHI_TERMINAL_UPLOAD_HEAD + users * (1 + user_size) +
	       templates * GHI_TERMINAL_UPLOAD_ENTRY + template_bytes(t, templates);
}

void ghi_terminal_upload_write(struct ghi_writer *w, const struct gh_user *u, size_t users,
			       size_t user_size, const struct gh_template *t, size_t templates)
{
	uint32_t offset = 0;

	ghi_put_u32(w, (uint32_t)(users * (1 + user_size)));
	ghi_put_u32(w, (uint32_t)(templates * GHI_TERMINAL_UPLOAD_ENTRY));
	ghi_put_u32(w, (uint32_t)template_bytes(t, templates));
	for (size_t i = 0; i < users; i++) {
		ghi_put_u8(w, MARK);
		ghi_terminal_user_write(w, &u[i], user_size);
	}
	for (size_t i = 0; i < templates; i++) {
		if (t[i].finger >= GH_FINGERS && w->err == GH_OK)
			w->err = GH_EINVALID;
		ghi_put_u8(w, MARK);
		ghi_put_u16(w, t[i].uid);
		ghi_put_u8(w, FINGER + t[i].finger);
		ghi_put_u32(w, offset);
		offset += 2 + (uint32_t)t[i].size;
	}
	for (size_t i = 0; i < templates; i++) {
		ghi_put_u16(w, t[i].size);
		ghi_put(w, (gh_slice){ t[i].data, t[i].size });
	}
}

void ghi_terminal_upload_save_write(struct ghi_writer *w)
{
	ghi_put_u32(w, GHI_TERMINAL_UPLOAD_HEAD);
	ghi_put_u16(w, 0);
	ghi_put_u16(w, GHI_TERMINAL_UPLOAD_ENTRY);
}

enum gh_err ghi_terminal_upload_parse(gh_slice buffer, struct ghi_terminal_upload *out)
{
	struct ghi_reader r = ghi_reader_on(buffer);
	uint32_t users = ghi_u32(&r), table = ghi_u32(&r), templates = ghi_u32(&r);
	struct ghi_terminal_upload u = { .user_size = 72 };

	u.users = ghi_bytes(&r, users);
	u.table = ghi_bytes(&r, table);
	u.templates = ghi_bytes(&r, templates);
	if (r.err || table % GHI_TERMINAL_UPLOAD_ENTRY)
		return GH_EMALFORMED;
	/* Both may divide the bytes: the mark in front of the second record decides. */
	if (users % (72 + 1) || (users > 72 + 1 && u.users.p[72 + 1] != MARK)) {
		if (users % (28 + 1))
			return GH_EMALFORMED;
		u.user_size = 28;
	}
	*out = u;
	return GH_OK;
}

bool ghi_terminal_upload_next_user(struct ghi_terminal_upload *u, struct gh_user *out)
{
	if (u->users.n < 1 + u->user_size)
		return false;
	if (ghi_terminal_user_parse((gh_slice){ u->users.p + 1, u->user_size }, out))
		return false;
	u->users = gh_slice_from(u->users, 1 + u->user_size);
	return true;
}

bool ghi_terminal_upload_next_template(struct ghi_terminal_upload *u, struct gh_template *out)
{
	struct ghi_reader r = ghi_reader_on(u->table), d;
	uint16_t uid, size;
	uint8_t finger;
	uint32_t offset;
	gh_slice data;

	ghi_u8(&r);
	uid = ghi_u16(&r);
	finger = ghi_u8(&r);
	offset = ghi_u32(&r);
	if (r.err || offset > u->templates.n)
		return false;
	d = ghi_reader_on(gh_slice_from(u->templates, offset));
	size = ghi_u16(&d);
	data = ghi_bytes(&d, size);
	if (d.err)
		return false;
	*out = (struct gh_template){
		.uid = uid,
		.finger = finger & 0x0F,
		.flag = GH_TEMPLATE_VALID,
		.size = size,
		.data = data.p,
	};
	u->table = gh_slice_from(u->table, GHI_TERMINAL_UPLOAD_ENTRY);
	return true;
}
