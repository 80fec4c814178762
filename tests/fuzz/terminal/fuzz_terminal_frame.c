/* A TCP stream: however it is cut, the same frames come out; what is read writes back to the
 * same bytes, but for the checksum where it was wrong. */
#include "../fuzz.h"
#include "wire/terminal/auth.h"
#include "wire/terminal/frame.h"
#include "wire/terminal/packed_time.h"

static void same_bytes(gh_slice raw, const struct ghi_terminal_frame *f)
{
	uint8_t *b = malloc(raw.n);
	struct ghi_writer w = ghi_writer_on(b, raw.n);
	struct ghi_terminal_frame again;

	check(b);
	ghi_terminal_frame_write(
		&w, (struct ghi_terminal_head){ f->command, f->session, f->reply }, f->data);
	check(w.err == GH_OK && w.n == raw.n);
	check(memcmp(b, raw.p, 10) == 0 && memcmp(b + 12, raw.p + 12, raw.n - 12) == 0);
	check(!ghi_terminal_packet_parse((gh_slice){ b + 8, raw.n - 8 }, &again));
	check(again.intact);
	/* 0x0000 and 0xFFFF are one value to a sum of words. */
	if (f->intact && memcmp(b, raw.p, raw.n) != 0)
		check((uint16_t)((b[10] | b[11] << 8) + (raw.p[10] | raw.p[11] << 8)) ==
		      0xFFFF);
	free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice left = { data, size };
	struct ghi_terminal_frame f, packet;
	size_t used = 0, shorter;
	enum gh_err err;

	while ((err = ghi_terminal_frame_parse(left, &f, &used)) == GH_OK) {
		gh_slice raw = { left.p, used };

		check(used >= 16 && fuzz_inside(f.data, raw));
		for (size_t n = 0; n < used && n < 40; n++)
			check(ghi_terminal_frame_parse((gh_slice){ left.p, n }, &packet,
						       &shorter) == GH_ETRUNCATED);
		same_bytes(raw, &f);
		left = gh_slice_from(left, used);
	}
	check(err == GH_ETRUNCATED || err == GH_EMALFORMED || err == GH_ETOOBIG);
	if (err == GH_ETRUNCATED && left.n)
		check(used > left.n && used <= GHI_TERMINAL_PREFIX + GHI_TERMINAL_LENGTH_MAX);

	if (!ghi_terminal_packet_parse((gh_slice){ data, size }, &packet))
		check(packet.intact == (size >= 8) || !packet.intact);
	if (size >= 12) {
		struct ghi_terminal_day day = { 0 };
		uint32_t code = (uint32_t)data[8] | (uint32_t)data[9] << 8 |
				(uint32_t)data[10] << 16 | (uint32_t)data[11] << 24;
		struct gh_time t = ghi_terminal_time_unpack(code), u;
		uint8_t proof[4];

		ghi_terminal_time_unpack_next(&day, code, &u);
		check(t.year == u.year && t.second == u.second && t.valid == u.valid);
		if (t.year < 2100)
			check(ghi_terminal_time_pack(t) == code);
		ghi_terminal_auth_write(code, (uint16_t)(data[6] | data[7] << 8), data[5],
					proof);
		check(ghi_terminal_auth_fits(proof, code, (uint16_t)(data[6] | data[7] << 8)));
	}
	return 0;
}
