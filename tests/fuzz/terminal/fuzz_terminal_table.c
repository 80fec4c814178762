/* A table cut in pieces: the first bytes determine how. However it is cut, the same records come
 * out.
 */
#include "../fuzz.h"
#include "wire/terminal/table.h"

struct outcome {
	uint64_t records, sum;
	enum gh_err end;
};

static struct outcome table_cut(gh_slice in, size_t stride, size_t step, uint64_t total)
{
	static uint8_t carry[UINT16_MAX];
	struct ghi_terminal_table t;
	struct outcome o = { 0 };
	size_t excess;
	gh_slice record;

	ghi_terminal_table_init(&t, total, carry, sizeof(carry));
	t.stride = stride;
	for (size_t at = 0; at < in.n && !o.end;) {
		size_t n = at ? step : step < 4 ? 4 : step;

		n = n < in.n - at ? n : in.n - at;
		o.end = ghi_terminal_table_give(&t, (gh_slice){ in.p + at, n });
		at += n;
		while (!o.end && (o.end = ghi_terminal_table_next(&t, &record)) == GH_OK) {
			o.records++;
			check(record.n >= 1 && (stride == 0 || record.n == stride));
			for (size_t i = 0; i < record.n; i++)
				o.sum = o.sum * 31 + record.p[i];
		}
		if (o.end == GH_ETRUNCATED && t.head)
			o.end = GH_OK;
	}
	if (!o.end && t.head)
		o.end = ghi_terminal_table_finish(&t, &excess);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, parts;
	size_t stride;
	gh_slice in;

	if (size < 3)
		return 0;
	stride = data[0];
	in = (gh_slice){ data + 3, size - 3 };
	whole = table_cut(in, stride, in.n ? in.n : 1, in.n + data[2] % 4);
	parts = table_cut(in, stride, 1u + data[1], in.n + data[2] % 4);
	check(whole.records == parts.records && whole.sum == parts.sum &&
	      whole.end == parts.end);
	return 0;
}
