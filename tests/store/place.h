/* A store of its own for one test, of the given back end: "sqlite" in a directory of its own,
 * "postgres" in a schema of its own of the server that $GATEHOUSE_TEST_POSTGRES names
 * (tests/postgres.py). */
#ifndef GH_TESTS_STORE_PLACE_H
#define GH_TESTS_STORE_PLACE_H

#include "temp_store.h"

struct place {
	struct temp_store sqlite;
	char schema[32];
	char url[512];
};

bool place_make(struct place *p, const char *backend);
/* Whether nothing but the database was in it. */
bool place_remove(struct place *p);

#endif
