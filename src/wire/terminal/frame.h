/* Packets of port 4370: an 8-byte head and data, alone in a datagram over UDP, behind an
 * 8-byte prefix over TCP (terminal digest 1 and 2). */
#ifndef GH_WIRE_TERMINAL_FRAME_H
#define GH_WIRE_TERMINAL_FRAME_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum {
	GHI_TERMINAL_PREFIX = 8,
	GHI_TERMINAL_HEAD = 8,
	GHI_TERMINAL_LENGTH_MAX = 1 << 20, /* a larger length is refused */
	GHI_TERMINAL_SEND_MAX = 65535,	   /* some peers read the length as 16 bits */
	GHI_TERMINAL_DATAGRAM_MAX = 65507,
};

struct ghi_terminal_frame {
	uint16_t command; /* request, or reply code */
	uint16_t session; /* in replies also a packet index, a byte count, a state, an event */
	uint16_t reply;
	bool intact;   /* the checksum fits */
	gh_slice data; /* borrowed from the input */
};

/* The checksum of a packet (head and data); its own field counts as zero. */
uint16_t ghi_terminal_checksum(gh_slice packet);

/* One packet, that is, one datagram. GH_ETRUNCATED: shorter than a head. A wrong checksum is
 * no error here: see `intact`. */
GH_MUST_CHECK enum gh_err ghi_terminal_packet_parse(gh_slice packet,
						    struct ghi_terminal_frame *out);

/* Take one frame off the front of a TCP stream.
 *
 * GH_OK          *out is filled, *used bytes may be dropped from the input.
 * GH_ETRUNCATED  nothing is wrong yet: call again when *used bytes are there in all.
 * GH_EMALFORMED  not this protocol; GH_ETOOBIG: the length is over the limit. Close it. */
GH_MUST_CHECK enum gh_err ghi_terminal_frame_parse(gh_slice in, struct ghi_terminal_frame *out,
						   size_t *used);

/* Whether the bytes open a message of an access panel (AA 01 ...), which uses another
 * protocol on the same port. */
bool ghi_terminal_is_panel(gh_slice in);

struct ghi_terminal_head {
	uint16_t command, session, reply;
};
/* A packet with its checksum, and the same behind its TCP prefix. */
void ghi_terminal_packet_write(struct ghi_writer *w, struct ghi_terminal_head h, gh_slice data);
void ghi_terminal_frame_write(struct ghi_writer *w, struct ghi_terminal_head h, gh_slice data);

#endif
