/* What is found wrong with templates, pictures and identity cards. */
#include "tests.h"

#include "model/content_fault.h"
#include "model/record.h"
#include "slices.h"

#define FRAME "\xFF\xC0\x00\x0B\x08\x00\x08\x00\x10\x01\x01\x11\x00"
#define SCAN "\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00\x12"
#define JPEG "\xFF\xD8" FRAME SCAN "\xFF\xD9" /* 28 bytes */

#define HAS(field) (UINT64_C(1) << (field))

static void templates_are_checked(void **state)
{
	static const struct {
		const char *data;
		int64_t size; /* -1: none */
		const char *fault;
	} row[] = {
		{ "AAAA", -1, "" },
		{ "AAAA", 4, "" }, /* of the text */
		{ "AAAA", 3, "" }, /* of what it stands for */
		{ "AAAAAA==", 8, "" },
		{ "AAAAAA==", 6, "" },
		{ "AAAAAA==", 4, "" },
		{ "ocoRgZPRN8EwJNQxQTY", -1, "" }, /* PUSH SDK 2013, 3.2.3: without padding */
		{ "AAAA", 5, "size" },
		{ "AAAA", 0, "size" },
		{ "AAAA", INT64_MAX, "size" },
		{ "AAAAA", 5, "base64" },
		{ "AA*A", 4, "base64" },
		{ "AA=A", 4, "base64" },
		{ "AA===", 4, "base64" },
		{ "=", 1, "base64" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(row); i++) {
		struct template t = { .present = HAS(TEMPLATE_data),
				      .data = gh_slice_of(row[i].data),
				      .size = row[i].size };

		if (row[i].size >= 0)
			t.present |= HAS(TEMPLATE_size);
		content_fault_mark(KIND_TEMPLATE, &t);
		assert_true(model_has(&t, TEMPLATE_content_fault));
		assert_text(t.content_fault, row[i].fault);
	}
}

static void pictures_are_checked(void **state)
{
	const struct {
		gh_slice content;
		int64_t size;
		const char *fault;
	} row[] = {
		{ GH_LIT(JPEG), 28, "" }, /* its bytes */
		{ GH_LIT(JPEG), 40, "" }, /* its text, padded */
		{ GH_LIT(JPEG), 38, "" }, /* and not */
		{ GH_LIT(JPEG), 29, "size" },	   { GH_LIT("\xFF\xD8" FRAME SCAN), 40, "cut" },
		{ GH_LIT("GIF89a"), 6, "format" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(row); i++) {
		struct photo p = { .present = HAS(PHOTO_content) | HAS(PHOTO_size),
				   .content = row[i].content,
				   .size = row[i].size };

		content_fault_mark(KIND_PHOTO, &p);
		assert_true(model_has(&p, PHOTO_content_fault));
		assert_text(p.content_fault, row[i].fault);
	}
}

static void a_picture_that_gives_no_size_has_none_to_be_wrong(void **state)
{
	struct photo p = { .present = HAS(PHOTO_content) | HAS(PHOTO_size),
			   .content = GH_LIT(JPEG),
			   .size = -1 };
	(void)state;

	assert_int_equal(content_fault_mark(KIND_PHOTO, &p), CONTENT_SOUND);
	p.present = HAS(PHOTO_content);
	assert_int_equal(content_fault_mark(KIND_PHOTO, &p), CONTENT_SOUND);
}

static void identity_cards_are_checked(void **state)
{
	struct id_card c = { .present = HAS(ID_CARD_photo) | HAS(ID_CARD_fp_template1),
			     .photo = GH_LIT("V0xm"),
			     .fp_template1 = GH_LIT("Q0") };
	(void)state;

	assert_int_equal(content_fault_mark(KIND_ID_CARD, &c), CONTENT_SOUND);
	assert_text(c.content_fault, "");
	c.fp_template1 = GH_LIT("Q-");
	assert_int_equal(content_fault_mark(KIND_ID_CARD, &c), CONTENT_BASE64);
	assert_text(c.content_fault, "base64");
}

/* The fault that is stored is of the content that is: it stays where no other comes. */
static void a_record_without_content_keeps_the_fault(void **state)
{
	struct template t = { .present = HAS(TEMPLATE_size), .size = 7 };
	struct photo p = { .present = HAS(PHOTO_size), .size = 7 };
	struct id_card card = { .present = HAS(ID_CARD_pin), .pin = GH_LIT("7") };
	struct person person = { 0 };
	(void)state;

	assert_int_equal(content_fault_mark(KIND_TEMPLATE, &t), CONTENT_SOUND);
	assert_false(model_has(&t, TEMPLATE_content_fault));
	assert_int_equal(content_fault_mark(KIND_PHOTO, &p), CONTENT_SOUND);
	assert_false(model_has(&p, PHOTO_content_fault));
	assert_int_equal(content_fault_mark(KIND_ID_CARD, &card), CONTENT_SOUND);
	assert_false(model_has(&card, ID_CARD_content_fault));
	assert_int_equal(content_fault_mark(KIND_PERSON, &person), CONTENT_SOUND);
	assert_int_equal(person.present, 0);
}

/* It takes the place of what had one. */
static void an_empty_content_has_no_fault(void **state)
{
	struct template t = { .present = HAS(TEMPLATE_data) | HAS(TEMPLATE_size), .size = 7 };
	struct photo p = { .present = HAS(PHOTO_content) | HAS(PHOTO_size), .size = 7 };
	struct id_card card = { .present = HAS(ID_CARD_photo) };
	(void)state;

	assert_int_equal(content_fault_mark(KIND_TEMPLATE, &t), CONTENT_SOUND);
	assert_true(model_has(&t, TEMPLATE_content_fault));
	assert_text(t.content_fault, "");
	assert_int_equal(content_fault_mark(KIND_PHOTO, &p), CONTENT_SOUND);
	assert_true(model_has(&p, PHOTO_content_fault));
	assert_text(p.content_fault, "");
	assert_int_equal(content_fault_mark(KIND_ID_CARD, &card), CONTENT_SOUND);
	assert_true(model_has(&card, ID_CARD_content_fault));
	assert_text(card.content_fault, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_are_checked),
		cmocka_unit_test(pictures_are_checked),
		cmocka_unit_test(a_picture_that_gives_no_size_has_none_to_be_wrong),
		cmocka_unit_test(identity_cards_are_checked),
		cmocka_unit_test(a_record_without_content_keeps_the_fault),
		cmocka_unit_test(an_empty_content_has_no_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
