#include "wire/terminal/frame.h"

#include "base/reader.h"

static const uint8_t magic[4] = { 0x50, 0x50, 0x82, 0x7D };

/* Words are added four at a time with the carry brought round: 2^16 - 1 divides 2^64 - 1, so
 * folding at the end gives the same remainder as folding after every word. */
static uint64_t frame_add_words(const uint8_t *p, size_t n)
{
	uint64_t even = 0, odd = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t v;

		memcpy(&v, p + i, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		v = __builtin_bswap64(v);
#endif
		even += v & 0xFFFFFFFF;
		odd += v >> 32;
	}
	for (; i + 2 <= n; i += 2)
		even += (uint64_t)(p[i] | p[i + 1] << 8);
	if (i < n)
		even += p[i];
	return even + odd;
}

static uint16_t checksum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return (uint16_t)sum;
}

uint16_t ghi_terminal_checksum(gh_slice packet)
{
	uint64_t sum;

	if (packet.n < GHI_TERMINAL_HEAD)
		return (uint16_t)~checksum_fold(frame_add_words(packet.p, packet.n));
	sum = (uint64_t)(packet.p[0] | packet.p[1] << 8) +
	      frame_add_words(packet.p + 4, packet.n - 4);
	return (uint16_t)~checksum_fold(sum);
}

enum gh_err ghi_terminal_packet_parse(gh_slice packet, struct ghi_terminal_frame *out)
{
	struct ghi_reader r = ghi_reader_on(packet);
	uint16_t command = ghi_u16(&r), checksum = ghi_u16(&r), session = ghi_u16(&r),
		 reply = ghi_u16(&r), all;

	if (r.err)
		return r.err;
	/* With the checksum in, the words add up to a multiple of 65535; as the command is
	 * never zero alone, 0xFFFF is the only form of it unless everything is zero. */
	all = checksum_fold((uint64_t)command + checksum +
			    frame_add_words(packet.p + 4, packet.n - 4));
	*out = (struct ghi_terminal_frame){
		.command = command,
		.session = session,
		.reply = reply,
		.intact = all == 0xFFFF || all == 0,
		.data = gh_slice_from(packet, GHI_TERMINAL_HEAD),
	};
	return GH_OK;
}

enum gh_err ghi_terminal_frame_parse(gh_slice in, struct ghi_terminal_frame *out, size_t *used)
{
	struct ghi_reader r = ghi_reader_on(in);
	size_t look = in.n < sizeof(magic) ? in.n : sizeof(magic);
	uint32_t length;

	if (look && memcmp(in.p, magic, look) != 0)
		return GH_EMALFORMED;
	*used = GHI_TERMINAL_PREFIX;
	ghi_bytes(&r, sizeof(magic));
	length = ghi_u32(&r);
	if (r.err)
		return r.err;
	if (length > GHI_TERMINAL_LENGTH_MAX)
		return GH_ETOOBIG;
	if (length < GHI_TERMINAL_HEAD)
		return GH_EMALFORMED;
	*used = GHI_TERMINAL_PREFIX + (size_t)length;
	if (in.n < *used)
		return GH_ETRUNCATED;
	return ghi_terminal_packet_parse((gh_slice){ in.p + GHI_TERMINAL_PREFIX, length }, out);
}

bool ghi_terminal_is_panel(gh_slice in)
{
	return in.n >= 2 && in.p[0] == 0xAA && in.p[1] == 0x01;
}

void ghi_terminal_packet_write(struct ghi_writer *w, struct ghi_terminal_head h, gh_slice data)
{
	size_t start = w->n;

	ghi_put_u16(w, h.command);
	ghi_put_u16(w, 0);
	ghi_put_u16(w, h.session);
	ghi_put_u16(w, h.reply);
	ghi_put(w, data);
	if (w->err == GH_OK) {
		uint8_t *p = w->p + start;
		uint16_t sum = ghi_terminal_checksum((gh_slice){ p, w->n - start });

		p[2] = (uint8_t)sum;
		p[3] = (uint8_t)(sum >> 8);
	}
}

void ghi_terminal_frame_write(struct ghi_writer *w, struct ghi_terminal_head h, gh_slice data)
{
	ghi_put(w, (gh_slice){ magic, sizeof(magic) });
	ghi_put_u32(w, (uint32_t)(GHI_TERMINAL_HEAD + data.n));
	ghi_terminal_packet_write(w, h, data);
}
