#include "tests.h"

#include "base/arena.h"
#include "slices.h"

static void what_is_allocated_is_zeroed_aligned_and_its_own(void **state)
{
	struct arena a = ghi_arena_with_limit(0);
	uint8_t *p[64];
	(void)state;

	for (size_t i = 0; i < COUNT(p); i++) {
		p[i] = ghi_arena_alloc(&a, i * 37);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < i * 37; k++)
			assert_int_equal(p[i][k], 0);
		memset(p[i], (int)i, i * 37);
	}
	for (size_t i = 0; i < COUNT(p); i++)
		for (size_t k = 0; k < i * 37; k++)
			assert_int_equal(p[i][k], i);
	ghi_arena_clear(&a);
}

static void the_limit_holds_and_leaves_what_was_there(void **state)
{
	struct arena a = ghi_arena_with_limit(100);
	uint8_t *first = ghi_arena_alloc(&a, 64);
	(void)state;

	assert_non_null(first);
	first[63] = 7;
	assert_null(ghi_arena_alloc(&a, 64));
	assert_null(ghi_arena_alloc(&a, 101));
	assert_null(ghi_arena_alloc(&a, SIZE_MAX));
	assert_null(ghi_arena_alloc(&a, SIZE_MAX - 64));
	assert_non_null(ghi_arena_alloc(&a, 16));
	assert_true(a.used <= 100);
	assert_int_equal(first[63], 7);
	ghi_arena_clear(&a);
}

static void a_large_piece_gets_a_block_of_its_own(void **state)
{
	struct arena a = ghi_arena_with_limit(16 << 20);
	uint8_t *small = ghi_arena_alloc(&a, 10), *large = ghi_arena_alloc(&a, 8 << 20);
	(void)state;

	assert_non_null(small);
	assert_non_null(large);
	large[(8 << 20) - 1] = 1;
	assert_null(ghi_arena_alloc(&a, 8 << 20));
	ghi_arena_clear(&a);
}

static void a_cleared_arena_starts_again(void **state)
{
	struct arena a = ghi_arena_with_limit(64);
	(void)state;

	for (int i = 0; i < 3; i++) {
		assert_non_null(ghi_arena_alloc(&a, 64));
		assert_null(ghi_arena_alloc(&a, 1));
		ghi_arena_clear(&a);
		assert_int_equal(a.used, 0);
	}
	ghi_arena_clear(&a);
}

static void copies_are_the_arenas_own(void **state)
{
	struct arena a = ghi_arena_with_limit(100);
	char text[] = "Ann";
	gh_slice copy = ghi_arena_copy(&a, gh_slice_of(text));
	char *terminated = ghi_arena_text(&a, (gh_slice){ (const uint8_t *)text, 2 });
	(void)state;

	text[0] = 'X';
	assert_text(copy, "Ann");
	assert_string_equal(terminated, "An");
	assert_string_equal(ghi_arena_text(&a, (gh_slice){ 0 }), "");
	assert_int_equal(ghi_arena_copy(&a, (gh_slice){ 0 }).n, 0);
	const gh_slice long_text = { (const uint8_t[100]){ 0 }, 100 };
	copy = ghi_arena_copy(&a, long_text);
	assert_null(copy.p);
	assert_int_equal(copy.n, 0);
	assert_null(ghi_arena_text(&a, long_text));
	ghi_arena_clear(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_allocated_is_zeroed_aligned_and_its_own),
		cmocka_unit_test(the_limit_holds_and_leaves_what_was_there),
		cmocka_unit_test(a_large_piece_gets_a_block_of_its_own),
		cmocka_unit_test(a_cleared_arena_starts_again),
		cmocka_unit_test(copies_are_the_arenas_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
