/* The file of a backup: a tar archive, compressed by zstd, of
 *
 *	backup.json   what it is: version, time, size and SHA-256 of the database
 *	gatehouse.db  the database, as it was at one moment
 *	admin.token   the administrator's token, unless it was made without keys
 *
 * so that it can be looked into, and in need unpacked, with tar. */
#ifndef GH_APP_BACKUP_FILE_H
#define GH_APP_BACKUP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BACKUP_DATABASE "gatehouse.db"
#define BACKUP_TOKEN "admin.token"

enum { BACKUP_WHY = 512 };

struct backup_about {
	char version[32]; /* of Gatehouse */
	char created[32]; /* UTC, ISO 8601 */
	int64_t size;	  /* of the database, in bytes */
	char sha256[65];  /* of the database, in hexadecimal */
};

/* Write the file, which appears under its name when it is whole and on disk. token NULL: without keys.
 * `about` gets what it is. false: `why` has a sentence. */
bool backup_write(const char *file, const char *database, const char *token,
		  struct backup_about *about, char why[BACKUP_WHY]);

/* Unpack into files that must not exist, mode 0600, and compare the database with its size and
 * digest in backup.json. *has_token: there was one. false: `why` has a sentence, and neither file exists. */
bool backup_read(const char *file, const char *database, const char *token, bool *has_token,
		 struct backup_about *about, char why[BACKUP_WHY]);

#endif
