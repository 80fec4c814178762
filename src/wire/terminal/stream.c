#include "wire/terminal/stream.h"

void ghi_terminal_stream_begin(struct ghi_terminal_stream *s, uint32_t announced)
{
	*s = (struct ghi_terminal_stream){
		.announced = announced,
		.session = s->session,
		.ordered = s->ordered,
		.numbered = s->numbered,
		.follows = s->next,
	};
}

/* The first packet settles what the session field means. Index 0 is the first of a stream; a
 * device that counts on through its streams is known by the number it left off at. */
static void learn(struct ghi_terminal_stream *s, uint16_t field)
{
	s->begun = true;
	s->next = field;
	s->numbered = field == 0 || field != s->session;
	s->sure = field == 0 || (s->follows && field == s->follows);
}

enum ghi_terminal_piece ghi_terminal_stream_data(struct ghi_terminal_stream *s,
						 const struct ghi_terminal_frame *f)
{
	if (!s->ordered) {
		if (!s->begun)
			learn(s, f->session);
		if (s->numbered && f->session != s->next) {
			s->gap |= (uint16_t)(f->session - s->next) < 0x8000;
			return GHI_PIECE_DROP;
		}
	}
	s->begun = true;
	if (f->data.n > s->announced - s->collected)
		return GHI_PIECE_OVER;
	s->collected += (uint32_t)f->data.n;
	if (s->numbered)
		s->next++;
	return GHI_PIECE_TAKE;
}
