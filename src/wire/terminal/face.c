#include "wire/terminal/face.h"

#include "base/reader.h"

bool ghi_terminal_face_next(gh_slice *rest, struct ghi_terminal_face *out)
{
	struct ghi_reader r = ghi_reader_on(*rest);
	uint16_t size = ghi_u16(&r), uid = ghi_u16(&r);
	uint8_t index = ghi_u8(&r), valid = ghi_u8(&r);

	if (r.err || rest->n < GHI_TERMINAL_FACE_ENTRY || size < GHI_TERMINAL_FACE_HEAD ||
	    size > GHI_TERMINAL_FACE_ENTRY)
		return false;
	*out = (struct ghi_terminal_face){
		.uid = uid,
		.index = index,
		.valid = valid,
		.data = { rest->p + GHI_TERMINAL_FACE_HEAD,
			  (size_t)size - GHI_TERMINAL_FACE_HEAD },
	};
	*rest = gh_slice_from(*rest, GHI_TERMINAL_FACE_ENTRY);
	return true;
}

void ghi_terminal_face_write(struct ghi_writer *w, const struct ghi_terminal_face *f)
{
	size_t size = f->data.n + GHI_TERMINAL_FACE_HEAD;

	if (size > GHI_TERMINAL_FACE_ENTRY) {
		if (w->err == GH_OK)
			w->err = GH_ETOOBIG;
		return;
	}
	ghi_put_u16(w, (uint16_t)size);
	ghi_put_u16(w, f->uid);
	ghi_put_u8(w, f->index);
	ghi_put_u8(w, f->valid);
	ghi_put(w, f->data);
	for (; size < GHI_TERMINAL_FACE_ENTRY; size++)
		ghi_put_u8(w, 0);
}
