/* The form of JPEG pictures: whole, cut, or none. */
#include "tests.h"

#include "base/jpeg.h"
#include "slices.h"

/* A comment, a frame of 16 by 8 in one component, a scan with a stuffed byte and a restart. */
#define START "\xFF\xD8\xFF\xFE\x00\x04hi"
#define FRAME "\xFF\xC0\x00\x0B\x08\x00\x08\x00\x10\x01\x01\x11\x00"
#define SCAN "\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00"
#define CODED "\x12\xFF\x00\x34\xFF\xD0\x56"
#define END "\xFF\xD9"
#define WHOLE START FRAME SCAN CODED END

static void forms_are_found(void **state)
{
	const struct {
		gh_slice bytes;
		enum jpeg_form form;
	} row[] = {
		{ GH_LIT(WHOLE), JPEG_WHOLE },
		{ GH_LIT(WHOLE "more"), JPEG_WHOLE },
		{ GH_LIT(START FRAME SCAN CODED SCAN CODED "\xFF" END), JPEG_WHOLE },
		{ GH_LIT(START "\xFF\xFF" FRAME SCAN CODED END), JPEG_WHOLE },
		{ GH_LIT(""), JPEG_NONE },
		{ GH_LIT("\xFF\xD8"), JPEG_NONE },
		{ GH_LIT("\x89PNG\r\n\x1A\n"), JPEG_NONE },
		{ GH_LIT("\xFF\xD8" END), JPEG_NONE },	     /* nothing in it */
		{ GH_LIT(START SCAN CODED END), JPEG_NONE }, /* no frame */
		{ GH_LIT(START FRAME END), JPEG_NONE },	     /* no scan */
		{ GH_LIT("\xFF\xD8\xFF\xFE\x00\x01" FRAME SCAN END),
		  JPEG_NONE }, /* a length of 1 */
		{ GH_LIT(START "junk" FRAME SCAN CODED END), JPEG_NONE },
		{ GH_LIT(START
			 "\xFF\xC0\x00\x0B\x08\x00\x08\x00\x00\x01\x01\x11\x00" SCAN CODED END),
		  JPEG_NONE }, /* no width */
		{ GH_LIT(START "\xFF\xC0\x00\x04\x08\x00" SCAN CODED END), JPEG_NONE },
		{ GH_LIT("\xFF\xD8\xFF\xFE\xFF\xFFhi" END),
		  JPEG_CUT }, /* a length beyond the end */
		{ GH_LIT(START FRAME SCAN CODED), JPEG_CUT },
		{ GH_LIT(START FRAME SCAN CODED "\xFF"), JPEG_CUT },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(row); i++) {
		gh_slice s = exact_copy(row[i].bytes);

		if (ghi_jpeg_form(s) != row[i].form)
			fail_msg("row %zu is %d", i, (int)ghi_jpeg_form(s));
		exact_free(s);
	}
}

static void a_picture_without_its_end_is_never_whole(void **state)
{
	const gh_slice whole = GH_LIT(WHOLE);
	(void)state;

	for (size_t n = 0; n < whole.n; n++) {
		gh_slice s = exact_copy((gh_slice){ whole.p, n });

		assert_int_equal(ghi_jpeg_form(s), n < 3 ? JPEG_NONE : JPEG_CUT);
		exact_free(s);
	}
}

static void no_byte_that_changes_leads_beyond_the_end(void **state)
{
	const gh_slice whole = GH_LIT(WHOLE);
	(void)state;

	for (size_t at = 0; at < whole.n; at++)
		for (unsigned byte = 0; byte < 256; byte++) {
			gh_slice s = exact_copy(whole);

			((uint8_t *)(uintptr_t)s.p)[at] = (uint8_t)byte;
			assert_true(ghi_jpeg_form(s) <= JPEG_NONE);
			exact_free(s);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_found),
		cmocka_unit_test(a_picture_without_its_end_is_never_whole),
		cmocka_unit_test(no_byte_that_changes_leads_beyond_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
