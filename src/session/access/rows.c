/* POST file, and cdata?AuthType=device: files (Security PUSH 3.1.2, 9.2), and requests whether a person may
 * pass (10). */
#include "session/access/upload.h"

void access_file(struct exchange *x)
{
	if (x->body.n)
		access_upload_begin(x, &(struct access_upload_form){ .table = GH_LIT("file") });
	else
		exchange_refuse(x, 404, "there is no such file here");
}

/* No decision is made here: the unit makes it (10). */
void access_identify(struct exchange *x)
{
	size_t room = x->body.n + 16;
	uint8_t *text = ghi_arena_alloc(x->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	ghi_put(&w, GH_LIT("AUTH=TIMEOUT\r\n"));
	ghi_put(&w, gh_slice_trim(x->body));
	exchange_text(x, ghi_written(&w));
}
