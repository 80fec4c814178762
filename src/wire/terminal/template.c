#include "wire/terminal/template.h"

#include "base/reader.h"

enum { PAD = 6 };

enum gh_err ghi_terminal_template_parse(gh_slice entry, struct gh_template *out)
{
	struct ghi_reader r = ghi_reader_on(entry);
	uint16_t size = ghi_u16(&r), uid = ghi_u16(&r);
	uint8_t finger = ghi_u8(&r), flag = ghi_u8(&r);

	if (r.err || size < GHI_TERMINAL_TEMPLATE_HEAD || size != entry.n)
		return GH_EMALFORMED;
	*out = (struct gh_template){
		.uid = uid,
		.finger = finger,
		.flag = flag,
		.size = (uint16_t)(size - GHI_TERMINAL_TEMPLATE_HEAD),
		.data = entry.p + GHI_TERMINAL_TEMPLATE_HEAD,
	};
	return GH_OK;
}

void ghi_terminal_template_write(struct ghi_writer *w, const struct gh_template *t)
{
	if (t->size > GHI_TERMINAL_TEMPLATE_MAX && w->err == GH_OK)
		w->err = GH_ETOOBIG;
	ghi_put_u16(w, (uint16_t)(t->size + GHI_TERMINAL_TEMPLATE_HEAD));
	ghi_put_u16(w, t->uid);
	ghi_put_u8(w, t->finger);
	ghi_put_u8(w, t->flag);
	ghi_put(w, (gh_slice){ t->data, t->size });
}

/* "SS21" at 2, the length as 32 bits big-endian at 6 and 16 bits little-endian at 10. */
static size_t own_length(gh_slice d)
{
	size_t big;

	if (d.n < 12 || memcmp(d.p + 2, "SS21", 4) != 0)
		return 0;
	big = (size_t)d.p[6] << 24 | (size_t)d.p[7] << 16 | (size_t)d.p[8] << 8 | d.p[9];
	return big >= 12 && big <= d.n ? big : 0;
}

gh_slice ghi_terminal_template_trim(gh_slice data, bool flagged)
{
	static const uint8_t zeros[PAD];
	size_t own = own_length(data);

	if (own)
		return (gh_slice){ data.p, own };
	if (flagged && data.n)
		data.n--;
	if (data.n >= PAD && memcmp(data.p + data.n - PAD, zeros, PAD) == 0)
		data.n -= PAD;
	return data;
}
