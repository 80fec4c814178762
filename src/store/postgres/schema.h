/* The SQL of schema/NNNN.sql. Migration n leads from version n to n + 1. */
#ifndef GH_STORE_POSTGRES_SCHEMA_H
#define GH_STORE_POSTGRES_SCHEMA_H

extern const char *const postgres_migrations[];
extern const int postgres_migration_count; /* also the version this program writes */

#endif
