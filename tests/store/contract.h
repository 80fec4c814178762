/* The contract of src/store/store.h as tests that run on every back end. */
#ifndef GH_TESTS_STORE_CONTRACT_H
#define GH_TESTS_STORE_CONTRACT_H

#include "place.h"
#include "tests.h"

#include "store/store.h"

struct fixture {
	struct store_handle db;
	const struct store_ops *ops; /* of db */
	struct store *s;	     /* of db */
	struct store_reader *r;
	struct place at;
};

/* The back end the program was started for: "sqlite", "postgres". */
extern const char *backend;

int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Close and open again. */
void fixture_reopen(struct fixture *f);

#define CONTRACT(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

void tx_begin(struct fixture *f);
void tx_commit(struct fixture *f);
void tx_rollback(struct fixture *f);
/* End a transaction whose last write returned `err`: an error of a write comes from the call
 * or from the commit. */
enum gh_err tx_end(struct fixture *f, enum gh_err err);
/* One write in a transaction of its own. */
#define write_alone(f, call) (tx_begin(f), tx_end(f, call))

/* A new device, in a transaction of its own. */
int64_t device_new(struct fixture *f, const char *sn);

/* A punch at 2026-03-01 08:00:00 plus n minutes. */
struct punch punch_at(int64_t device, const char *pin, int n);
/* Put, in a transaction of its own; how many were new. */
size_t punches_store(struct fixture *f, struct punch *p, size_t n);
int64_t last_seq(struct fixture *f);

/* How many rows a callback saw; give it as ctx. */
struct seen {
	size_t n;
	size_t stop_at;		  /* 0: never */
	int64_t id[64], from[64]; /* the first ones */
	char text[64][64];
};

bool see_punch(void *ctx, const struct punch *p);     /* seq, pin */
bool see_command(void *ctx, const struct command *c); /* id, text */

bool see_number(void *ctx, const void *row, const struct store_key *key);

#define ROWS(of, ...) ((struct store_rows){ .list = of, __VA_ARGS__ })
#define PAGE(...) ((struct store_page){ __VA_ARGS__ })
#define ALL_ROWS PAGE(.limit = 1000)
#define BETWEEN(from, to, ...) ((struct punch_query){ PAGE(__VA_ARGS__), from, to })
#define PUNCHES(...) BETWEEN(GHI_CIVIL_NONE, GHI_CIVIL_NONE, __VA_ARGS__)

#define assert_slice(s, text) assert_slice_at(s, gh_slice_of(text), __FILE__, __LINE__)
void assert_slice_at(gh_slice s, gh_slice want, const char *file, int line);

#define assert_ok(call) assert_int_equal(call, GH_OK)

int contract_access(void);
int contract_access_fields(void);
int contract_access_removed(void);
int contract_ledger(void);	  /* appending */
int contract_ledger_change(void); /* work codes from the log, UTC derived again */
int contract_ledger_read(void);
/* Store a record in a transaction of its own (contract_records.c). */
void record_put_test(struct fixture *f, enum model_kind_id kind, int64_t device,
		     int64_t received_ms, const void *record);
int contract_records(void);
int contract_contents(void);
int contract_credentials(void); /* templates and photos of the roster */
int contract_devices(void);
int contract_commands(void);
int contract_command_times(void);
int contract_entities(void);
int contract_rest(void);
int contract_rows(void);
int contract_index(void);
int contract_counts(void);
int contract_removed(void);
int contract_query_sets(void); /* packets with which units answer */
int contract_unit_rows(void);  /* the mirror of access units */
int contract_audit(void);      /* who did what */
int contract_plans(void);      /* what would be sent to them */

#endif
