#include "sim/attendance/pack.h"

#include "sim/pack.h"

enum gh_err pack_write(gh_slice text, uint8_t *to, size_t cap, gh_slice *out)
{
	return sim_pack_write("operlog.txt", text, to, cap, out);
}

enum gh_err pack_read(gh_slice file, size_t limit, gh_slice *out)
{
	return sim_pack_read(file, limit, out);
}
