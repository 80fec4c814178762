#include "wire/terminal/sizes.h"

#include "base/reader.h"

enum { SHORTEST = 80, WITH_FACES = 92 };

static const struct {
	uint8_t index, offset;
} sizes[] = {
#define SIZE(index, member) { index, offsetof(struct gh_counters, member) },
#include "wire/terminal/sizes.def"
#undef SIZE
};

static int32_t *sizes_member(struct gh_counters *c, size_t i)
{
	return (int32_t *)((char *)c + sizes[i].offset);
}

void ghi_terminal_sizes_parse(gh_slice data, struct gh_counters *out)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t at = (size_t)sizes[i].index * 4;
		struct ghi_reader r;

		*sizes_member(out, i) = -1;
		if (data.n < SHORTEST || at + 4 > data.n)
			continue;
		r = ghi_reader_on(gh_slice_from(data, at));
		*sizes_member(out, i) = (int32_t)ghi_u32(&r);
	}
}

void ghi_terminal_sizes_write(struct ghi_writer *w, const struct gh_counters *c, bool faces)
{
	struct gh_counters copy = *c;
	int32_t all[WITH_FACES / 4] = { 0 };
	size_t n = faces ? WITH_FACES / 4 : SHORTEST / 4;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		all[sizes[i].index] = *sizes_member(&copy, i) > 0 ? *sizes_member(&copy, i) : 0;
	for (size_t i = 0; i < n; i++)
		ghi_put_u32(w, (uint32_t)all[i]);
}
