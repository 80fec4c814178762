/* One run of data from the device: PREPARE_DATA with the size, DATA packets, ACK_OK (terminal
 * digest 3.2 and 10.2). Decides for each DATA packet whether it is the next one. */
#ifndef GH_WIRE_TERMINAL_STREAM_H
#define GH_WIRE_TERMINAL_STREAM_H

#include "wire/terminal/frame.h"

struct ghi_terminal_stream {
	uint32_t announced, collected; /* bytes */
	uint16_t session;	       /* a device that puts it where the index belongs */
	uint16_t next;		       /* index of the packet that comes next */
	bool ordered;		       /* TCP: nothing is lost and indices are irrelevant */
	bool numbered;		       /* the packets carry an index */
	bool from_zero;		       /* this device's numbers begin at 0 in each stream */
	bool begun;		       /* a DATA packet came */
	bool sure;		       /* the first one surely was the first */
	bool gap;		       /* one is missing */
	bool acked;		       /* ACK_OK came, maybe before the last packet */
};

enum ghi_terminal_piece {
	GHI_PIECE_TAKE, /* the next bytes */
	GHI_PIECE_DROP, /* came before, or too early: as if it had not come */
	GHI_PIECE_OVER, /* more bytes than announced: the stream is invalid */
};

/* Begin a new stream; the numbering found in the previous one is kept. */
void ghi_terminal_stream_begin(struct ghi_terminal_stream *s, uint32_t announced);

/* A DATA packet. TAKE has counted it. */
enum ghi_terminal_piece ghi_terminal_stream_data(struct ghi_terminal_stream *s,
						 const struct ghi_terminal_frame *f);

static inline bool ghi_terminal_stream_complete(const struct ghi_terminal_stream *s)
{
	return s->collected == s->announced;
}

/* Whether the bytes so far are a true beginning although the rest did not come. */
static inline bool ghi_terminal_stream_resumable(const struct ghi_terminal_stream *s)
{
	return s->begun && s->numbered && s->sure;
}

#endif
