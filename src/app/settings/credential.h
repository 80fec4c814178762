/* Secrets that the service manager hands over as files (LoadCredential= of systemd.exec(5)): the directory is
 * in $CREDENTIALS_DIRECTORY, and the file of the credential NAME is gatehouse.NAME in it. */
#ifndef GH_APP_SETTINGS_CREDENTIAL_H
#define GH_APP_SETTINGS_CREDENTIAL_H

#include <stdbool.h>

#define CREDENTIAL_BYTES 4000 /* of a text, at the most */

/* The path of the credential's file; NULL: there is none. g_free() it. */
char *credential_path(const char *name);
/* The text in it, without blanks at its ends; *text is NULL where there is no such credential. g_free() it.
 * false: it cannot be read, is empty or too long; a message was printed. */
bool credential_read(const char *name, char **text);

#endif
