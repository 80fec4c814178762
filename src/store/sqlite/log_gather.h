/* The write-ahead log in one piece. SQLite writes each page of a commit by two calls of the system, 24
 * bytes of header and 4096 of page; a commit of thirty uploads has some thirty pages. Here they are put
 * together in memory and written by one call, at the latest with the last page of a commit.
 *
 * It is a virtual file system of SQLite (www.sqlite.org/vfs.html) that opens the log itself and leaves
 * every other file, with its locks and its shared memory, to the system's own. Nothing depends on it: a
 * handle without it reads and writes the same files.
 *
 * Other handles read as much of a log as its index in shared memory covers, and the index is written after
 * the last page of a commit: at that moment nothing is held back any more, whatever `synchronous` is set to.
 * What is held back before is part of a transaction that only its own handle reads, through here. If it
 * cannot be written, the call in which that shows fails, as if the page's own write had: SQLite rolls back,
 * and the next transaction writes to the same place. A program that is killed meanwhile leaves a log that
 * ends earlier, in the middle of a transaction, as one killed between two writes does. */
#ifndef GH_STORE_SQLITE_LOG_GATHER_H
#define GH_STORE_SQLITE_LOG_GATHER_H

#include <sqlite3.h>

#define LOG_GATHER_NAME 40

struct log_gather {
	sqlite3_vfs vfs; /* the system's but for the fields that log_gather_register sets */
	sqlite3_vfs *system;
	char name[LOG_GATHER_NAME];
};

/* Register it as g->name, which is for sqlite3_open_v2. g must not move, and outlives what is opened with
 * it. An SQLite result code. */
int log_gather_register(struct log_gather *g);
/* After the last close. Of no effect where it was not registered. */
void log_gather_unregister(struct log_gather *g);

#endif
