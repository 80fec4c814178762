/* A cursor of a list: it is refused or names one place, and that place written is the cursor
 * again. */
#include "fuzz.h"

#include "api/list_cursor.h"

static void cursor_check(gh_slice text, gh_slice order)
{
	struct arena a = ghi_arena_with_limit((size_t)1 << 20);
	uint8_t again[CURSOR_MAX + 64];
	struct ghi_writer w = ghi_writer_on(again, sizeof(again));
	struct store_key key, same;

	if (cursor_read(text, GH_LIT("/api/punches"), order, &a, &key) == GH_OK) {
		check(key.number >= 0);
		check(key.value.is_text || key.value.s.n == 0);
		cursor_write(&w, GH_LIT("/api/punches"), order, &key);
		check(w.err == GH_OK);
		check(cursor_read(ghi_written(&w), GH_LIT("/api/punches"), order, &a, &same) ==
		      GH_OK);
		check(same.number == key.number && same.value.i == key.value.i &&
		      gh_slice_eq(same.value.s, key.value.s));
		check(cursor_read(ghi_written(&w), GH_LIT("/api/users"), order, &a, &same) ==
		      GH_EINVALID);
	}
	ghi_arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	gh_slice text = { p, n };
	struct ghi_writer w;
	uint8_t made[CURSOR_MAX];
	struct store_key key = { .value = { .is_text = n % 2, .i = (int64_t)n } };

	cursor_check(text, GH_LIT("-pin"));
	/* The same bytes as a value, and behind a beginning that fits. */
	if (key.value.is_text)
		key.value =
			(struct store_value){ .is_text = true, .s = { p, n > 800 ? 800 : n } };
	w = ghi_writer_on(made, sizeof(made));
	cursor_write(&w, GH_LIT("/api/punches"), GH_LIT("pin"), &key);
	check(w.err == GH_OK);
	cursor_check(ghi_written(&w), GH_LIT("pin"));
	if (n < 1000) {
		w.n = 9;
		ghi_put(&w, text);
		cursor_check(ghi_written(&w), GH_LIT("pin"));
	}
	return 0;
}
