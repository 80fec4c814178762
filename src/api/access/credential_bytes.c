/* The bytes of a person's template or photo. */
#include <stdlib.h>

#include "api/access/credential_list.h"
#include "api/access/person_name.h"
#include "api/photo.h"
#include "core/audit.h"
#include "model/credential.h"

struct bytes_search {
	int64_t id; /* 0: the picture of the person. A card has no bytes, and its number is no other's */
	bool found;
	uint8_t *bytes;
	size_t n;
};

static bool bytes_see(void *ctx, const struct credential_row *row)
{
	struct bytes_search *b = ctx;
	bool photo = gh_slice_eq(row->credential->kind, GH_LIT("user"));

	if (b->id ? row->id != b->id : !photo)
		return true;
	b->found = true;
	b->n = row->content.n;
	b->bytes = malloc(b->n ? b->n : 1);
	if (b->bytes && b->n)
		memcpy(b->bytes, row->content.p, b->n);
	return false;
}

/* false: answered. */
static bool bytes_find(struct call *c, int64_t person, struct bytes_search *b)
{
	const struct credentials_of of = { .people = person, .contents = true };
	enum gh_err err = c->server->db.ops->credentials_read(c->reader, &of, bytes_see, b);

	if (err == GH_OK && b->found && b->bytes == NULL)
		err = GH_ENOMEM;
	if (err) {
		free(b->bytes);
		call_fail_err(c, err);
	} else if (!b->found) {
		call_fail(c, ERROR_credential_unknown, "Person %lld has no such %s.",
			  (long long)person, b->id ? "template or photo" : "photo");
	}
	return err == GH_OK && b->found;
}

static void bytes_answer(struct call *c, const struct bytes_search *b, const char *type)
{
	http_add_header(c->r, "Content-Security-Policy", "default-src 'none'; sandbox");
	http_add_header(c->r, "Cache-Control", "no-store");
	if (type == NULL)
		http_add_header(c->r, "Content-Disposition", "attachment");
	http_reply_take(c->r, 200, type ? type : "application/octet-stream",
			(gh_slice){ b->bytes, b->n });
}

void handle_credential_data(struct call *c)
{
	struct bytes_search b = { .id = 0 };
	struct audit_row audit;
	int64_t person, number;

	if (call_reader(c) == NULL || !person_find_there(c, &person) ||
	    !call_number(c, PATH_credential, &number))
		return;
	b.id = number;
	if (!bytes_find(c, person, &b))
		return;
	audit = call_audit(c, "read_credential");
	audit.subject = audit_subject_number(call_arena(c), "credential", number);
	audit_note(c->server, &audit);
	bytes_answer(c, &b, NULL);
}

void handle_person_photo(struct call *c)
{
	struct bytes_search b = { .id = 0 };
	int64_t person;

	if (call_reader(c) == NULL || !person_find_there(c, &person) ||
	    !bytes_find(c, person, &b))
		return;
	bytes_answer(c, &b, picture_type((gh_slice){ b.bytes, b.n }));
}
