#include "store/sql/punch_index.h"

uint64_t pin_hash(gh_slice pin)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < pin.n; i++)
		h = (h ^ pin.p[i]) * UINT64_C(1099511628211);
	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

enum gh_err punch_index_segments(struct store_reader *r, int64_t *n)
{
	struct sql_call q = sql_call(r->sql, SQL_BLOCK_LAST);

	*n = sql_next(&q) ? sql_int(&q, 0) / SEGMENT_BLOCKS : 0;
	return sql_end(&q);
}

static uint32_t index_u16(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t index_u32(const uint8_t *p)
{
	return index_u16(p) | index_u16(p + 2) << 16;
}

bool block_has_days(gh_slice days, uint32_t from, uint32_t to)
{
	for (size_t i = 0; i + 8 <= days.n; i += 8)
		if (index_u32(days.p + i) <= to && index_u32(days.p + i + 4) >= from)
			return true;
	return false;
}

bool block_has_one_of(gh_slice devices, const int64_t *device, size_t n)
{
	uint64_t id = 0, step = 0;
	unsigned shift = 0;

	for (size_t i = 0; i < devices.n && n; i++) {
		if (shift < 64)
			step |= (uint64_t)(devices.p[i] & 0x7f) << shift;
		shift += 7;
		if (devices.p[i] & 0x80)
			continue;
		id += step;
		while (n && (uint64_t)*device < id) {
			device++;
			n--;
		}
		if (n && (uint64_t)*device == id)
			return true;
		step = shift = 0;
	}
	return false;
}

bool block_has_device(gh_slice devices, int64_t device)
{
	return block_has_one_of(devices, &device, 1);
}

struct pin_numbers pin_numbers_find(gh_slice numbers, uint64_t hash)
{
	size_t i = 0;

	while (i + 6 <= numbers.n) {
		size_t n = index_u16(numbers.p + i + 4);

		if (n > (numbers.n - i - 6) / 2)
			break;
		if (index_u32(numbers.p + i) == (uint32_t)(hash >> 32))
			return (struct pin_numbers){ n == 0, n, numbers.p + i + 6 };
		i += 6 + 2 * n;
	}
	return (struct pin_numbers){ 0 };
}
