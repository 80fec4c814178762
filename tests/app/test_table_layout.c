#include "tests.h"

#include <stdlib.h>

#include "app/table_layout.h"

#define TEXT(w, least, d)                                 \
	{                                                 \
		.width = w, .narrowest = least, .drop = d \
	}
#define WHOLE(w, d)                                                 \
	{                                                           \
		.width = w, .narrowest = TABLE_NEVER_CUT, .drop = d \
	}

static unsigned line_width(const struct table_layout *l)
{
	unsigned sum = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->column[i].shown)
			sum += l->column[i].width + (sum ? TABLE_GAP : 0);
	return sum;
}

static void what_fits_is_left_as_it_is(void **state)
{
	struct table_layout l = { 3, { WHOLE(20, 0), TEXT(30, 8, 1), WHOLE(10, 2) } };

	(void)state;
	assert_true(table_layout_fit(&l, 64));
	assert_int_equal(line_width(&l), 64);
	for (size_t i = 0; i < l.n; i++)
		assert_true(l.column[i].shown);
}

static void text_is_cut_before_a_column_leaves(void **state)
{
	struct table_layout l = { 3, { WHOLE(20, 0), TEXT(30, 8, 1), WHOLE(10, 2) } };

	(void)state;
	assert_true(table_layout_fit(&l, 42));
	assert_int_equal(l.column[0].width, 20);
	assert_int_equal(l.column[1].width, 8);
	assert_int_equal(l.column[2].width, 10);
}

static void columns_leave_by_their_number_and_the_rest_grows_again(void **state)
{
	struct table_layout l = {
		4, { WHOLE(20, 0), TEXT(30, 8, 0), WHOLE(10, 2), WHOLE(12, 1) }
	};

	(void)state;
	assert_true(table_layout_fit(&l, 50));
	assert_false(l.column[3].shown);
	assert_true(l.column[2].shown);
	assert_int_equal(l.column[1].width, 16);
	assert_int_equal(line_width(&l), 50);
}

static void what_never_leaves_may_not_fit(void **state)
{
	struct table_layout l = { 2, { WHOLE(20, 0), WHOLE(20, 0) } };

	(void)state;
	assert_false(table_layout_fit(&l, 41));
	assert_int_equal(line_width(&l), 42);
	assert_true(table_layout_fit(&l, 42));
}

static void a_wider_row_takes_the_room_its_line_has(void **state)
{
	struct table_layout l = { 3, { WHOLE(10, 0), TEXT(10, 8, 0), TEXT(10, 8, 0) } };
	unsigned roomy[] = { 14, 12, 3 }, tight[] = { 24, 40, 9 }, least[] = { 38, 2, 2 };

	(void)state;
	assert_true(table_layout_fit(&l, 40));
	table_layout_fit_row(&l, 40, roomy);
	assert_int_equal(roomy[0], 14);
	assert_int_equal(roomy[1], 12);
	assert_int_equal(roomy[2], 10);
	/* The first is never cut: the others give what it needs. */
	table_layout_fit_row(&l, 40, tight);
	assert_int_equal(tight[0], 24);
	assert_int_equal(tight[1] + tight[2], 40 - 24 - 2 * TABLE_GAP);
	table_layout_fit_row(&l, 40, least);
	assert_int_equal(least[0], 38);
	assert_int_equal(least[1], 1);
}

/* Whatever the columns: a fit is no wider than the line, and nothing is lost that need not be. */
static void any_layout_that_fits_is_within_its_line(void **state)
{
	(void)state;
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		struct table_layout l = { .n = 1 + (size_t)random() % 12 };
		unsigned natural[12], width = (unsigned)random() % 140;

		for (size_t i = 0; i < l.n; i++) {
			bool whole = random() % 2;

			natural[i] = 1 + (unsigned)random() % 40;
			l.column[i] = (struct table_column){
				.width = natural[i],
				.narrowest =
					whole ? TABLE_NEVER_CUT : 1 + (unsigned)random() % 10,
				.drop = (unsigned)random() % 4,
			};
		}
		if (!table_layout_fit(&l, width)) {
			for (size_t i = 0; i < l.n; i++)
				assert_true(l.column[i].shown == (l.column[i].drop == 0));
			continue;
		}
		assert_true(line_width(&l) <= width);
		for (size_t i = 0; i < l.n; i++) {
			assert_true(l.column[i].width <= natural[i]);
			assert_true(l.column[i].shown || l.column[i].drop);
			if (l.column[i].narrowest == TABLE_NEVER_CUT)
				assert_int_equal(l.column[i].width, natural[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_is_left_as_it_is),
		cmocka_unit_test(text_is_cut_before_a_column_leaves),
		cmocka_unit_test(columns_leave_by_their_number_and_the_rest_grows_again),
		cmocka_unit_test(what_never_leaves_may_not_fit),
		cmocka_unit_test(a_wider_row_takes_the_room_its_line_has),
		cmocka_unit_test(any_layout_that_fits_is_within_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
