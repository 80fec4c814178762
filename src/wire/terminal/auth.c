#include "wire/terminal/auth.h"

static uint32_t reverse_bits(uint32_t v)
{
	uint32_t out = 0;

	for (int i = 0; i < 32; i++, v >>= 1)
		out = out << 1 | (v & 1);
	return out;
}

void ghi_terminal_auth_write(uint32_t comm_key, uint16_t session, uint8_t tick, uint8_t out[4])
{
	static const uint8_t letters[4] = { 'Z', 'K', 'S', 'O' };
	uint32_t sum = reverse_bits(comm_key) + session; /* modulo 2^32 */
	uint8_t b[4];

	for (int i = 0; i < 4; i++)
		b[i] = (uint8_t)(sum >> 8 * i) ^ letters[i];
	out[0] = b[2] ^ tick;
	out[1] = b[3] ^ tick;
	out[2] = tick;
	out[3] = b[1] ^ tick;
}

bool ghi_terminal_auth_fits(const uint8_t in[4], uint32_t comm_key, uint16_t session)
{
	uint8_t want[4];

	ghi_terminal_auth_write(comm_key, session, in[2], want);
	return in[0] == want[0] && in[1] == want[1] && in[3] == want[3];
}
