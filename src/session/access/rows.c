/* cdata?AuthType=device: requests whether a person may pass (Security PUSH 3.1.2, 10). */
#include "session/access/upload.h"

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
