/* The data directory: made on first start, used by one server at a time. */
#ifndef GH_APP_SERVE_DATA_DIR_H
#define GH_APP_SERVE_DATA_DIR_H

#include <stdbool.h>
#include <stddef.h>

struct data_dir {
	const char *path; /* borrowed */
	int lock;	  /* file descriptor that holds the lock; -1: none */
};

/* Make the directory if need be, see that it can be written, and lock it. false: `why` has a
 * sentence. */
bool data_dir_open(struct data_dir *d, const char *path, char *why, size_t why_size);
void data_dir_close(struct data_dir *d);

/* Write a file that only its owner may read, durably. false: `why` has a sentence. */
bool data_dir_write_secret(const struct data_dir *d, const char *name, const char *text,
			   char *why, size_t why_size);

#endif
