/* How many of a process's open files are no connections, when connections come and go while they are counted. */
#ifndef GH_APP_SERVE_OPEN_FILES_COUNT_H
#define GH_APP_SERVE_OPEN_FILES_COUNT_H

#include <stdbool.h>
#include <stddef.h>

/* Of the files that were open, those beside connections, of which there were so many before the count and after
 * it; `open` 0: none was left to count with. Writes SIZE_MAX then. false: so many connections came or went that
 * the count is of no use. */
bool open_files_others(size_t connections_before, size_t open, size_t connections_after,
		       size_t *others);

#endif
