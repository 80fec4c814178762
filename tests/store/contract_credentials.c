/* Templates and photos of people of the roster. */
#include <stdio.h>

#include "contract.h"

#include "model/credential.h"
#include "store/maintenance.h"
#include "store/picture.h"

static void check_line(void *ctx, const char *text)
{
	(void)ctx;
	print_error("%s\n", text);
}

static void assert_store_whole(struct fixture *f)
{
	struct store_report report = { .line = check_line };
	size_t found = 99;

	assert_ok(store_check(&f->db, &report, &found));
	assert_int_equal(found, 0);
}

static int64_t area_new(struct fixture *f, const char *name)
{
	struct area a = { .name = gh_slice_of(name) };
	int64_t id = 0;

	model_mark(&a, AREA_name);
	tx_begin(f);
	assert_ok(f->ops->entity_put(f->s, ENTITY_AREA, &id, &a));
	tx_commit(f);
	return id;
}

static int64_t person_new(struct fixture *f, const char *pin, const char *namespace,
			  int64_t area)
{
	struct people p = { .pin = gh_slice_of(pin), .namespace = gh_slice_of(namespace) };
	int64_t id = 0;

	model_mark(&p, PEOPLE_pin);
	model_mark(&p, PEOPLE_namespace);
	tx_begin(f);
	assert_ok(f->ops->entity_put(f->s, ENTITY_PEOPLE, &id, &p));
	tx_commit(f);
	tx_begin(f);
	assert_ok(f->ops->relation_put(f->s, RELATION_PEOPLE_AREA, id, area));
	tx_commit(f);
	return id;
}

static struct template template_of(const char *source, int64_t type, int64_t no,
				   int64_t version)
{
	struct template t = { .source = gh_slice_of(source),
			      .type = type,
			      .no = no,
			      .major_ver = version,
			      .data = GH_LIT("TWFu") };

	t.present = UINT64_C(1) << TEMPLATE_source | UINT64_C(1) << TEMPLATE_type |
		    UINT64_C(1) << TEMPLATE_no | UINT64_C(1) << TEMPLATE_data;
	if (version)
		model_mark(&t, TEMPLATE_major_ver);
	return t;
}

static void credential_store(struct fixture *f, int64_t person, enum model_kind_id kind,
			     const void *record, int64_t version)
{
	struct credential c;
	gh_slice content;

	assert_true(credential_of_record(kind, record, version, &c, &content));
	c.people = person;
	c.origin = 3;
	c.arrived_ms = 17;
	model_mark(&c, CREDENTIAL_people);
	model_mark(&c, CREDENTIAL_origin);
	model_mark(&c, CREDENTIAL_arrived_ms);
	tx_begin(f);
	assert_ok(f->ops->credential_put(f->s, &c, content, (gh_slice){ 0 }));
	tx_commit(f);
}

struct listed {
	char text[1024];
	size_t n;
	bool contents;
};

static bool list_credential(void *ctx, const struct credential_row *row)
{
	struct listed *l = ctx;
	union model_record record;
	enum model_kind_id kind = credential_as_record(row, &record);
	const struct credential *c = row->credential;

	assert_int_equal(row->digest.n, 32);
	assert_int_equal(row->content.n > 0, l->contents);
	assert_int_equal(kind == KIND_TEMPLATE, gh_slice_eq(c->kind, GH_LIT("template")));
	assert_true(row->id > INT64_C(1) << 40);
	l->n += (size_t)snprintf(l->text + l->n, sizeof(l->text) - l->n,
				 "%.*s %.*s %lld %lld %lld v%lld\n", GH_FMT(row->pin),
				 GH_FMT(c->form), (long long)c->type, (long long)c->no,
				 (long long)c->part, (long long)c->major_ver);
	return true;
}

static void assert_credentials(struct fixture *f, const struct credentials_of *of,
			       const char *want)
{
	struct listed l = { .contents = of->contents };

	assert_ok(f->ops->credentials_read(f->r, of, list_credential, &l));
	assert_string_equal(l.text, want);
	l.n = 0;
	l.text[0] = 0;
	tx_begin(f);
	assert_ok(f->ops->credentials_scan(f->s, of, list_credential, &l));
	tx_commit(f);
	assert_string_equal(l.text, want);
}

static void those_of_areas_come_in_the_order_of_a_plan(void **state)
{
	struct fixture *f = *state;
	int64_t one = area_new(f, "one"), two = area_new(f, "two");
	int64_t nine = person_new(f, "9", "a", one), ten = person_new(f, "10", "a", two),
		other = person_new(f, "9", "b", 1);
	struct template fp = template_of("fp", 1, 6, 0), face = template_of("face", 2, 3, 7),
			bio = template_of("biodata", 1, 6, 12),
			vein = template_of("biodata", 7, 0, 3);
	struct photo user = { .present = 1 << PHOTO_kind | 1 << PHOTO_content,
			      .kind = GH_LIT("user"),
			      .content = GH_LIT("\xFF\xD8 1") },
		     bare = user;
	const int64_t both[] = { two, one };
	const struct credentials_of of = { .area = both, .areas = 2 };

	bare.kind = GH_LIT("comparison");
	credential_store(f, nine, KIND_PHOTO, &bare, 0);
	credential_store(f, nine, KIND_PHOTO, &user, 0);
	credential_store(f, nine, KIND_TEMPLATE, &vein, 0);
	credential_store(f, nine, KIND_TEMPLATE, &bio, 0);
	credential_store(f, nine, KIND_TEMPLATE, &fp, 10);
	credential_store(f, ten, KIND_TEMPLATE, &face, 0);
	credential_store(f, other, KIND_TEMPLATE, &fp, 10);
	assert_credentials(f, &of,
			   "10 face 2 0 0 v7\n9 fp 1 6 0 v10\n9 biodata 1 6 0 v12\n"
			   "9 biodata 7 0 0 v3\n9 user 0 0 0 v0\n9 comparison 9 0 0 v0\n");
	assert_credentials(f, &(struct credentials_of){ .area = both, .areas = 1 },
			   "10 face 2 0 0 v7\n");
	assert_credentials(f, &(struct credentials_of){ .people = other, .contents = true },
			   "9 fp 1 6 0 v10\n");
	assert_credentials(f, &(struct credentials_of){ .areas = 0 }, "");
}

static bool see_content(void *ctx, const struct credential_row *row)
{
	char *text = ctx;

	snprintf(text, 64, "%.*s %lld", GH_FMT(row->content),
		 (long long)row->credential->valid);
	return true;
}

static void the_same_is_replaced_and_its_bytes_are_shared(void **state)
{
	struct fixture *f = *state;
	int64_t a = person_new(f, "1", "", 1), b = person_new(f, "2", "", 1);
	struct template t = template_of("fp", 1, 0, 10);
	struct photo p = { .present = 1 << PHOTO_pin | 1 << PHOTO_content,
			   .pin = GH_LIT("1"),
			   .content = GH_LIT("TWFu") };
	char text[64] = "";
	size_t removed;
	int64_t device = device_new(f, "A1");
	const struct credentials_of of = { .people = a, .contents = true };

	credential_store(f, a, KIND_TEMPLATE, &t, 0);
	credential_store(f, b, KIND_TEMPLATE, &t, 0);
	/* The same bytes on a device are of no consequence for those of the roster, and the other way round. */
	record_put_test(f, KIND_PHOTO, device, 1, &p);
	assert_store_whole(f);
	tx_begin(f);
	assert_ok(f->ops->record_delete(f->s, KIND_PHOTO, device, &p, &removed));
	tx_commit(f);
	assert_ok(f->ops->credentials_read(f->r, &of, see_content, text));
	assert_string_equal(text, "TWFu 1");
	t.data = GH_LIT("d29tYW4=");
	t.valid = 0;
	model_mark(&t, TEMPLATE_valid);
	credential_store(f, a, KIND_TEMPLATE, &t, 0);
	assert_ok(f->ops->credentials_read(f->r, &of, see_content, text));
	assert_string_equal(text, "d29tYW4= 0");
	assert_store_whole(f);
	/* A person with credentials stays; their bytes go with the last that has them. */
	tx_begin(f);
	assert_int_equal(f->ops->entity_delete(f->s, ENTITY_PEOPLE, a), GH_ESTATE);
	tx_rollback(f);
	tx_begin(f);
	assert_ok(f->ops->entities_drop(f->s, ENTITY_CREDENTIAL, CREDENTIAL_people, a));
	assert_ok(f->ops->relation_clear(f->s, RELATION_PEOPLE_AREA, a));
	assert_ok(f->ops->entity_delete(f->s, ENTITY_PEOPLE, a));
	tx_commit(f);
	assert_store_whole(f);
	assert_credentials(f, &(struct credentials_of){ .people = b }, "2 fp 1 0 0 v10\n");
}

static void one_without_content_is_refused(void **state)
{
	struct fixture *f = *state;
	int64_t a = person_new(f, "1", "", 1);
	struct template t = template_of("fp", 1, 0, 10);
	struct credential c;
	gh_slice content;

	t.data = (gh_slice){ 0 };
	assert_false(credential_of_record(KIND_TEMPLATE, &t, 0, &c, &content));
	c.people = a;
	model_mark(&c, CREDENTIAL_people);
	assert_int_equal(
		write_alone(f, f->ops->credential_put(f->s, &c, content, (gh_slice){ 0 })),
		GH_EINVALID);
	assert_credentials(f, &(struct credentials_of){ .people = a }, "");
}

struct held_list {
	char text[1024];
	size_t n;
};

static bool list_held(void *ctx, enum model_kind_id kind, const struct record_row *row,
		      gh_slice digest, bool placed)
{
	struct held_list *l = ctx;
	const struct template *t = row->record;
	const struct photo *p = row->record;

	assert_int_equal(digest.n, 32);
	assert_false(kind == KIND_TEMPLATE ? model_has(t, TEMPLATE_data)
					   : model_has(p, PHOTO_content));
	l->n += (size_t)snprintf(l->text + l->n, sizeof(l->text) - l->n, "%.*s %.*s%s\n",
				 GH_FMT(kind == KIND_TEMPLATE ? t->pin : p->pin),
				 GH_FMT(kind == KIND_TEMPLATE ? t->source : p->kind),
				 placed ? " placed" : "");
	return true;
}

static void assert_held(struct fixture *f, int64_t device, const char *want)
{
	struct held_list l = { .n = 0 };

	assert_ok(f->ops->held_credentials_read(f->r, device, list_held, &l));
	assert_string_equal(l.text, want);
}

/* Where a person leaves a device, what is stored of them there stays stored. */
static void what_is_gone_from_a_device_is_there_again_when_it_comes(void **state)
{
	struct fixture *f = *state;
	struct template t = template_of("fp", 1, 0, 10);
	const uint64_t fields = UINT64_C(1) << PHOTO_pin | UINT64_C(1) << PHOTO_kind |
				UINT64_C(1) << PHOTO_content;
	struct photo p = { .present = fields,
			   .pin = GH_LIT("1"),
			   .kind = GH_LIT("user"),
			   .content = GH_LIT("picture") },
		     other = p;
	int64_t device = device_new(f, "A1"), second = device_new(f, "A2");

	t.pin = GH_LIT("1");
	model_mark(&t, TEMPLATE_pin);
	other.kind = GH_LIT("attendance");
	record_put_test(f, KIND_TEMPLATE, device, 1, &t);
	record_put_test(f, KIND_TEMPLATE, second, 1, &t);
	record_put_test(f, KIND_PHOTO, device, 1, &p);
	record_put_test(f, KIND_PHOTO, device, 1, &other);
	assert_held(f, device, "1 fp\n1 user\n");
	tx_begin(f);
	assert_ok(f->ops->held_credentials_gone(f->s, device, GH_LIT("2")));
	tx_commit(f);
	assert_held(f, device, "1 fp\n1 user\n");
	tx_begin(f);
	assert_ok(f->ops->held_credentials_gone(f->s, device, GH_LIT("1")));
	tx_commit(f);
	assert_held(f, device, "");
	assert_held(f, second, "1 fp\n");
	record_put_test(f, KIND_TEMPLATE, device, 2, &t);
	assert_held(f, device, "1 fp\n");
	tx_begin(f);
	assert_ok(f->ops->held_credentials_gone(f->s, second, (gh_slice){ 0 }));
	tx_commit(f);
	assert_held(f, second, "");
	assert_held(f, device, "1 fp\n");
}

static void what_was_put_on_a_device_counts_so_until_others_bytes_come(void **state)
{
	struct fixture *f = *state;
	struct template t = template_of("fp", 1, 0, 10);
	int64_t device = device_new(f, "A1");
	uint8_t hash[PICTURE_HASH_BYTES];

	t.pin = GH_LIT("1");
	model_mark(&t, TEMPLATE_pin);
	record_put_test(f, KIND_TEMPLATE, device, 1, &t);
	assert_ok(picture_hash(t.data, hash));
	tx_begin(f);
	assert_ok(f->ops->held_credentials_placed(f->s, device, t.pin,
						  (gh_slice){ hash, sizeof(hash) }));
	tx_commit(f);
	assert_held(f, device, "1 fp placed\n");
	record_put_test(f, KIND_TEMPLATE, device, 2, &t);
	assert_held(f, device, "1 fp placed\n");
	t.data = GH_LIT("d29tYW4=");
	record_put_test(f, KIND_TEMPLATE, device, 3, &t);
	assert_held(f, device, "1 fp\n");
}

int contract_credentials(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(those_of_areas_come_in_the_order_of_a_plan),
		CONTRACT(the_same_is_replaced_and_its_bytes_are_shared),
		CONTRACT(one_without_content_is_refused),
		CONTRACT(what_is_gone_from_a_device_is_there_again_when_it_comes),
		CONTRACT(what_was_put_on_a_device_counts_so_until_others_bytes_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
