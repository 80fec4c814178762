/* Pictures and templates: what they hold, and how they are counted. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/record.h"
#include "store/maintenance.h"

struct picture {
	const uint8_t *p;
	size_t n, seen;
};

static bool see_picture(void *ctx, const struct record_row *row)
{
	const struct photo *p = row->record;
	struct picture *want = ctx;

	assert_int_equal(p->content.n, want->n);
	assert_memory_equal(p->content.p, want->p, want->n);
	want->seen++;
	return true;
}

static void pictures_and_templates_of_eight_megabytes_are_kept(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct picture pic = { .n = 8 << 20 };
	uint8_t *p = malloc(pic.n);
	struct photo photo = { .present = 1 << PHOTO_pin | 1 << PHOTO_content,
			       .pin = GH_LIT("1"),
			       .content = { p, pic.n } };

	pic.p = p;
	for (size_t i = 0; i < pic.n; i++)
		p[i] = (uint8_t)(i * 2654435761u >> 13);
	record_put_test(f, KIND_PHOTO, a, 1, &photo);
	assert_ok(f->ops->records_read(f->r, KIND_PHOTO, &ALL_ROWS, see_picture, &pic));
	/* Without content, the stored one stays. */
	photo.present = 1 << PHOTO_pin | 1 << PHOTO_size;
	photo.size = 5;
	record_put_test(f, KIND_PHOTO, a, 1, &photo);
	assert_ok(f->ops->records_read(f->r, KIND_PHOTO, &ALL_ROWS, see_picture, &pic));
	assert_int_equal(pic.seen, 2);
	free(p);
}

static void check_line(void *ctx, const char *text)
{
	(void)ctx;
	print_error("%s\n", text);
}

/* No picture without a photo, no photo without its picture. */
static void assert_pictures_whole(struct fixture *f)
{
	struct store_report report = { .line = check_line };
	size_t found = 99;

	assert_ok(store_check(&f->db, &report, &found));
	assert_int_equal(found, 0);
}

static void assert_picture(struct fixture *f, int64_t device, gh_slice content)
{
	struct picture pic = { .p = content.p, .n = content.n };

	assert_ok(f->ops->records_read(f->r, KIND_PHOTO, &PAGE(.limit = 10, .device = device),
				       see_picture, &pic));
	assert_int_equal(pic.seen, 1);
}

static void a_picture_of_several_photos_stays_until_the_last_of_them_goes(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1");
	const gh_slice one = GH_LIT("\xFF\xD8 one"), two = GH_LIT("\xFF\xD8 two");
	struct photo p = { .present = 1 << PHOTO_pin | 1 << PHOTO_content,
			   .pin = GH_LIT("1"),
			   .content = one };
	size_t removed;

	record_put_test(f, KIND_PHOTO, a, 1, &p);
	record_put_test(f, KIND_PHOTO, b, 1, &p);
	record_put_test(f, KIND_PHOTO, b, 2, &p);
	assert_picture(f, a, one);
	assert_picture(f, b, one);
	assert_pictures_whole(f);
	/* What ends before its commit changes nothing. */
	p.content = two;
	tx_begin(f);
	assert_ok(f->ops->record_put(f->s, KIND_PHOTO, a, 3, &p));
	assert_ok(f->ops->record_put(f->s, KIND_PHOTO, b, 3, &p));
	tx_rollback(f);
	assert_picture(f, a, one);
	assert_pictures_whole(f);
	record_put_test(f, KIND_PHOTO, a, 4, &p);
	assert_picture(f, a, two);
	assert_picture(f, b, one);
	assert_pictures_whole(f);
	tx_begin(f);
	assert_ok(f->ops->record_delete(f->s, KIND_PHOTO, b, &p, &removed));
	tx_commit(f);
	assert_picture(f, a, two);
	assert_pictures_whole(f);
	/* An empty one is none, and takes the place of another. */
	p.content = GH_LIT("");
	record_put_test(f, KIND_PHOTO, a, 5, &p);
	assert_picture(f, a, p.content);
	tx_begin(f);
	assert_ok(f->ops->record_delete(f->s, KIND_PHOTO, a, &p, &removed));
	tx_commit(f);
	assert_pictures_whole(f);
}

struct tally {
	int64_t fp, face, biodata, other;
	size_t calls;
};

static bool record_tally(void *ctx, gh_slice of, int64_t n)
{
	struct tally *t = ctx;

	*(gh_slice_eq(of, GH_LIT("fp"))	       ? &t->fp
	  : gh_slice_eq(of, GH_LIT("face"))    ? &t->face
	  : gh_slice_eq(of, GH_LIT("biodata")) ? &t->biodata
					       : &t->other) += n;
	return ++t->calls < 100;
}

static bool only_one(void *ctx, gh_slice of, int64_t n)
{
	(void)of;
	(void)n;
	++*(size_t *)ctx;
	return false;
}

static void templates_are_counted_by_their_source(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct tally none = { 0 }, of_a = { 0 }, all = { 0 };
	size_t calls = 0;

	assert_ok(f->ops->template_counts(f->r, 0, record_tally, &none));
	assert_int_equal(none.calls, 0);
	for (int64_t i = 0; i < 7; i++) {
		struct template t = { .pin = GH_LIT("1"), .no = i };

		t.source = i < 4 ? GH_LIT("fp") : i < 6 ? GH_LIT("face") : GH_LIT("biodata");
		t.present = (uint64_t)1 << TEMPLATE_pin | (uint64_t)1 << TEMPLATE_source |
			    (uint64_t)1 << TEMPLATE_no;
		record_put_test(f, KIND_TEMPLATE, i % 2 ? b : a, 1, &t);
	}
	assert_ok(f->ops->template_counts(f->r, a, record_tally, &of_a));
	assert_int_equal(of_a.fp, 2);
	assert_int_equal(of_a.face, 1);
	assert_int_equal(of_a.biodata, 1);
	assert_int_equal(of_a.calls, 3);
	assert_ok(f->ops->template_counts(f->r, 0, record_tally, &all));
	assert_int_equal(all.fp, 4);
	assert_int_equal(all.face, 2);
	assert_int_equal(all.biodata, 1);
	assert_int_equal(all.other, 0);
	assert_ok(f->ops->template_counts(f->r, 0, only_one, &calls));
	assert_int_equal(calls, 1);
}

int contract_contents(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(pictures_and_templates_of_eight_megabytes_are_kept),
		CONTRACT(a_picture_of_several_photos_stays_until_the_last_of_them_goes),
		CONTRACT(templates_are_counted_by_their_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
