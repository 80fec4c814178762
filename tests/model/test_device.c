#include "tests.h"

#include "model/device.h"
#include "model/kind.h"

static void each_bit_of_a_row_is_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < DEVICE_WORDS * MODEL_WORD; i++) {
		struct device_row row = { .id = -1 };
		struct device_fields one = device_fields_of(&(const enum device_field){ i }, 1);

		model_mark(&row, i);
		for (size_t other = 0; other < DEVICE_WORDS * MODEL_WORD; other++)
			assert_int_equal(model_has(&row, other), other == i);
		assert_memory_equal(&row.present, &one, sizeof(one));
		assert_int_equal(row.id, -1);
	}
}

static void fields_are_added_and_removed_in_each_word(void **state)
{
	const enum device_field field[] = { 0, 5, 63, 64, 100, 127 };
	struct device_fields f = { { 0 } };

	(void)state;
	assert_true(device_fields_empty(f));
	device_fields_add(&f, device_fields_of(field, 3));
	device_fields_add(&f, device_fields_of(field + 2, 4));
	device_fields_remove(&f, device_fields_of(field, 5));
	assert_false(device_fields_empty(f));
	device_fields_remove(&f, device_fields_of(field + 5, 1));
	assert_true(device_fields_empty(f));
}

static void a_row_that_is_read_again_has_no_fields(void **state)
{
	struct device_row row = { .present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_FIELDS - 1) };

	(void)state;
	model_unmark_all(&device_kind, &row);
	assert_true(device_fields_empty(row.present));
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(each_bit_of_a_row_is_its_own),
		cmocka_unit_test(fields_are_added_and_removed_in_each_word),
		cmocka_unit_test(a_row_that_is_read_again_has_no_fields),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
