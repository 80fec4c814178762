#include "session/access/code.h"

#include <openssl/rand.h>

#define BYTES_MAX 16

static gh_slice digits_make(struct arena *a, size_t bytes, const char digit[16])
{
	uint8_t random[BYTES_MAX];
	uint8_t *to = ghi_arena_alloc(a, 2 * bytes);

	if (to == NULL || RAND_bytes(random, (int)bytes) != 1) {
		a->failed = true;
		return (gh_slice){ 0 };
	}
	for (size_t i = 0; i < bytes; i++) {
		to[2 * i] = (uint8_t)digit[random[i] >> 4];
		to[2 * i + 1] = (uint8_t)digit[random[i] & 15];
	}
	return (gh_slice){ to, 2 * bytes };
}

gh_slice access_code_make(struct arena *a)
{
	return digits_make(a, 8, "0123456789abcdef");
}

gh_slice access_session_make(struct arena *a)
{
	return digits_make(a, 16, "0123456789ABCDEF");
}
