#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

const char *backend;

static int open_store(struct fixture *f)
{
	char why[256] = "";

	if (store_open(gh_slice_of(f->at.url), &f->db, why, sizeof(why))) {
		print_error("%s\n", why);
		return -1;
	}
	f->ops = f->db.ops;
	f->s = f->db.store;
	return f->ops->reader_open(f->s, &f->r);
}

int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	*state = f;
	return place_make(&f->at, backend) ? open_store(f) : -1;
}

static void close_store(struct fixture *f)
{
	if (f->r)
		f->ops->reader_close(f->r);
	f->r = NULL;
	store_close(&f->db);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	close_store(f);
	bool removed = place_remove(&f->at);

	free(f);
	return removed ? 0 : -1;
}

void fixture_reopen(struct fixture *f)
{
	close_store(f);
	assert_int_equal(open_store(f), 0);
}

void tx_begin(struct fixture *f)
{
	assert_ok(f->ops->begin(f->s));
}

void tx_commit(struct fixture *f)
{
	struct store_outcome out;

	assert_ok(f->ops->commit(f->s, &out));
}

void tx_rollback(struct fixture *f)
{
	f->ops->rollback(f->s);
}

enum gh_err tx_end(struct fixture *f, enum gh_err err)
{
	struct store_outcome out;

	if (err == GH_OK)
		return f->ops->commit(f->s, &out);
	f->ops->rollback(f->s);
	return err;
}

int64_t device_new(struct fixture *f, const char *sn)
{
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = gh_slice_of(sn) };

	tx_begin(f);
	assert_ok(f->ops->device_put(f->s, &d));
	tx_commit(f);
	assert_true(d.id > 0);
	return d.id;
}

struct punch punch_at(int64_t device, const char *pin, int n)
{
	return (struct punch){
		.device = device,
		.pin = gh_slice_of(pin),
		.time = 20260301080000 + n / 60 * 10000 + n % 60 * 100,
		.status = 0,
		.verify = 1,
		.zone = GH_LIT("Europe/Istanbul"),
		.utc = 1772341200 + n * 60,
		.received_ms = 1772341200123 + n,
	};
}

size_t punches_store(struct fixture *f, struct punch *p, size_t n)
{
	size_t fresh = 999999;

	tx_begin(f);
	assert_ok(f->ops->punches_put(f->s, p, n, &fresh));
	tx_commit(f);
	return fresh;
}

int64_t last_seq(struct fixture *f)
{
	int64_t seq = -1;

	assert_ok(f->ops->last_seq(f->r, STREAM_PUNCH, &seq));
	return seq;
}

static bool contract_see(struct seen *seen, int64_t id, gh_slice text)
{
	if (seen->n < 64) {
		seen->id[seen->n] = id;
		snprintf(seen->text[seen->n], sizeof(seen->text[0]), "%.*s", GH_FMT(text));
	}
	seen->n++;
	return seen->n != seen->stop_at;
}

bool see_punch(void *ctx, const struct punch *p)
{
	return contract_see(ctx, p->seq, p->pin);
}

bool see_command(void *ctx, const struct command *c)
{
	return contract_see(ctx, c->id, c->shown);
}

bool see_number(void *ctx, const void *row, const struct store_key *key)
{
	(void)row;
	return contract_see(ctx, key->number, GH_LIT(""));
}

void assert_slice_at(gh_slice s, gh_slice want, const char *file, int line)
{
	if (gh_slice_eq(s, want))
		return;
	print_error("\"%.*s\" is not \"%.*s\"\n", GH_FMT(s), GH_FMT(want));
	_fail(file, line);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} part[] = {
		{ "access", contract_access },
		{ "access_fields", contract_access_fields },
		{ "access_removed", contract_access_removed },
		{ "ledger", contract_ledger },
		{ "ledger_change", contract_ledger_change },
		{ "ledger_read", contract_ledger_read },
		{ "records", contract_records },
		{ "contents", contract_contents },
		{ "credentials", contract_credentials },
		{ "devices", contract_devices },
		{ "commands", contract_commands },
		{ "command_times", contract_command_times },
		{ "entities", contract_entities },
		{ "rest", contract_rest },
		{ "rows", contract_rows },
		{ "index", contract_index },
		{ "counts", contract_counts },
		{ "removed", contract_removed },
		{ "query_sets", contract_query_sets },
		{ "audit", contract_audit },
		{ "unit_rows", contract_unit_rows },
		{ "plans", contract_plans },
	};

	backend = argc == 3 ? argv[1] : "";
	for (size_t i = 0; argc == 3 && i < sizeof(part) / sizeof(part[0]); i++)
		if (strcmp(argv[2], part[i].name) == 0)
			return part[i].run();
	print_error("usage: %s sqlite|postgres PART\n", argv[0]);
	return 2;
}
