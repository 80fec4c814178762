/* A store of its own in a directory of its own, for what only SQLite has. */
#ifndef GH_TESTS_STORE_SQLITE_FIXTURE_H
#define GH_TESTS_STORE_SQLITE_FIXTURE_H

#include "tests.h"

#include <sqlite3.h>

#include "store/sqlite/sqlite.h"
#include "temp_store.h"

struct sqlite_fixture {
	struct store_handle db; /* store is NULL while closed */
	struct temp_store temp;
	char why[256]; /* of the last open */
};

int sqlite_fixture_setup(void **state); /* the store is not open yet */
int sqlite_fixture_teardown(void **state);
#define SQLITE(name) \
	cmocka_unit_test_setup_teardown(name, sqlite_fixture_setup, sqlite_fixture_teardown)

enum gh_err fixture_open(struct sqlite_fixture *f);
void fixture_close(struct sqlite_fixture *f);

/* Run SQL on a connection of its own. */
void sql_exec(const struct sqlite_fixture *f, const char *text);
/* The first column of the first row, as text; "" when there is none. */
void sql_value(const struct sqlite_fixture *f, const char *text, char *out, size_t size);
#define assert_sql(f, text, want)                           \
	do {                                                \
		char value_[512];                           \
		sql_value(f, text, value_, sizeof(value_)); \
		assert_string_equal(value_, want);          \
	} while (0)

/* The device "A1", made when it is not there. */
int64_t fixture_device(struct sqlite_fixture *f);
/* Punch n of a device: each n is another one. */
struct punch fixture_punch(int64_t device, int n, char pin[16]);
/* One punch in a transaction of its own. */
enum gh_err fixture_put(struct sqlite_fixture *f, int64_t device, int n);
int64_t fixture_last_seq(struct sqlite_fixture *f);

#endif
