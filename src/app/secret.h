/* Secrets that the command line takes: from a file or the environment, where no other user sees
 * them; as a flag with a warning. */
#ifndef GH_APP_SECRET_H
#define GH_APP_SECRET_H

/* What a file holds, without blanks and line ends around it; g_free() it. NULL: a message was
 * printed. */
char *secret_file_read(const char *path);
/* The flag gave a secret: other users of the machine see it in the list of processes. */
void secret_flag_warn(const char *flag, const char *variable);

/* The URL of a store as it may be shown: without the password, which libpq takes before the host or as the
 * parameter `password`. g_free() it. */
char *secret_url_hide(const char *url);

#endif
