/* The SQL of schema/NNNN.sql. Migration n leads from version n to n + 1. */
#ifndef GH_STORE_SQLITE_SCHEMA_H
#define GH_STORE_SQLITE_SCHEMA_H

extern const char *const sqlite_migrations[];
extern const int sqlite_migration_count; /* also the version this program writes */

/* What all of them make of an empty file, at once. */
extern const char sqlite_new_store[];

#endif
