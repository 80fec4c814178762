/*
 * The time a simple program with SQLite alone takes to insert the rows the server inserted:
 *
 *   bench_raw_insert SOURCE TARGET ROWS [TABLE]
 *
 * TARGET gets the schema of SOURCE (tables, indexes and all) and then, timed, the rows of its
 * TABLE (`punch`), in the same order, ROWS of them in each transaction (0: all in one), with
 * the same durability: write-ahead log, synchronous FULL. A line of JSON has the time; the clock
 * is stopped while rows are fetched from SOURCE.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 10000

struct rows {
	sqlite3_stmt *source;
	size_t columns, n;
	bool over;		/* a statement stepped again after its end restarts */
	sqlite3_value **values; /* of BATCH rows */
};

static void insert_die(sqlite3 *db, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, db ? sqlite3_errmsg(db) : "out of memory");
	exit(1);
}

static void sql_run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		insert_die(db, sql);
}

static sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		insert_die(db, sql);
	return s;
}

static sqlite3 *open_db(const char *path, int flags)
{
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		insert_die(db, path);
	return db;
}

static void copy_schema(sqlite3 *from, sqlite3 *to)
{
	sqlite3_stmt *s =
		sql_prepare(from, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
				  " AND name NOT LIKE 'sqlite_%' ORDER BY rowid");

	while (sqlite3_step(s) == SQLITE_ROW)
		sql_run(to, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
}

static double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void punch_fetch(struct rows *r)
{
	for (size_t i = 0; i < r->n * r->columns; i++)
		sqlite3_value_free(r->values[i]);
	for (r->n = 0; r->n < BATCH && !r->over; r->n++) {
		r->over = sqlite3_step(r->source) != SQLITE_ROW;
		if (r->over)
			break;
		for (size_t i = 0; i < r->columns; i++)
			r->values[r->n * r->columns + i] =
				sqlite3_value_dup(sqlite3_column_value(r->source, (int)i));
	}
}

static sqlite3_stmt *prepare_insert(sqlite3 *to, const char *table, size_t columns)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "INSERT INTO %.64s VALUES (?", table);
	for (size_t i = 1; i < columns; i++)
		strcat(sql, ", ?");
	strcat(sql, ")");
	return sql_prepare(to, sql);
}

/* Seconds it took; *done counts. */
static double rows_insert(sqlite3 *to, const char *table, struct rows *r, size_t together,
			  size_t *done)
{
	sqlite3_stmt *s = prepare_insert(to, table, r->columns);
	double spent = 0;

	sql_run(to, "BEGIN");
	for (punch_fetch(r); r->n; punch_fetch(r)) {
		double start = clock_seconds();

		for (size_t row = 0; row < r->n; row++, ++*done) {
			if (together && *done && *done % together == 0)
				sql_run(to, "COMMIT; BEGIN");
			for (size_t i = 0; i < r->columns; i++)
				sqlite3_bind_value(s, (int)i + 1,
						   r->values[row * r->columns + i]);
			if (sqlite3_step(s) != SQLITE_DONE)
				insert_die(to, "insert");
			sqlite3_reset(s);
		}
		spent += clock_seconds() - start;
	}
	spent -= clock_seconds();
	sql_run(to, "COMMIT");
	spent += clock_seconds();
	sqlite3_finalize(s);
	return spent;
}

int main(int argc, char **argv)
{
	const char *table = argc == 5 ? argv[4] : "punch";
	struct rows rows = { 0 };
	char select[128];
	sqlite3 *from, *to;
	size_t done = 0;
	double spent;

	if (argc != 4 && argc != 5) {
		fputs("usage: bench_raw_insert SOURCE TARGET ROWS [TABLE]\n", stderr);
		return 2;
	}
	from = open_db(argv[1], SQLITE_OPEN_READONLY);
	to = open_db(argv[2], SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	sql_run(to, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
	copy_schema(from, to);
	snprintf(select, sizeof(select), "SELECT * FROM %.64s ORDER BY seq", table);
	rows.source = sql_prepare(from, select);
	rows.columns = (size_t)sqlite3_column_count(rows.source);
	rows.values = calloc(BATCH * rows.columns, sizeof(*rows.values));
	if (rows.values == NULL)
		insert_die(NULL, "rows");
	spent = rows_insert(to, table, &rows, strtoul(argv[3], NULL, 10), &done);
	printf("{\"rows\": %zu, \"seconds\": %.6f}\n", done, spent);
	sqlite3_finalize(rows.source);
	free(rows.values);
	sqlite3_close(to);
	sqlite3_close(from);
	return 0;
}
