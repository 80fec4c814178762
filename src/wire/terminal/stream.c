#include "wire/terminal/stream.h"

void ghi_terminal_stream_begin(struct ghi_terminal_stream *s, uint32_t announced)
{
	*s = (struct ghi_terminal_stream){
		.announced = announced,
		.session = s->session,
		.ordered = s->ordered,
		.numbered = s->numbered,
		.from_zero = s->from_zero,
	};
}

/* The first packet decides what the session field means. Index 0 is always the first of a stream.
 * A stream that begins with another number may continue the numbers of the previous one, or its
 * beginning is lost; the sum of its bytes shows which. */
static void stream_detect_numbering(struct ghi_terminal_stream *s, uint16_t field)
{
	s->begun = true;
	s->next = field;
	s->numbered = field == 0 || field != s->session;
	s->sure = field == 0;
	s->from_zero |= s->sure;
}

enum ghi_terminal_piece ghi_terminal_stream_data(struct ghi_terminal_stream *s,
						 const struct ghi_terminal_frame *f)
{
	if (!s->ordered) {
		if (!s->begun && s->from_zero && f->session && f->session != s->session) {
			s->gap = true; /* the first one is lost */
			return GHI_PIECE_DROP;
		}
		if (!s->begun)
			stream_detect_numbering(s, f->session);
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
