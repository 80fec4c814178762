/* The verbs of "gatehouse device" that have a function of their own, by file. Each returns the exit
 * status. */
#ifndef GH_APP_API_CLIENT_DEVICE_H
#define GH_APP_API_CLIENT_DEVICE_H

#include "app/api_client/noun.h"

/* device_change.c */
int cmd_device_approve(struct cmd *c);
int cmd_device_block(struct cmd *c);
int cmd_device_rename(struct cmd *c);
int cmd_device_zone_set(struct cmd *c);
int cmd_device_set(struct cmd *c);
int cmd_device_tag(struct cmd *c);
int cmd_device_delete(struct cmd *c);
/* A member of a body, where its option was given. */
void cmd_option_put(json_t *body, const char *key, const char *text);

/* device_expect.c */
int cmd_device_expect(struct cmd *c);

/* device_file.c: with --output the file is written here. */
int cmd_device_get_file(struct cmd *c);

/* device_option.c */
int cmd_device_option(struct cmd *c);

/* device_terminal.c */
/* The comm key from the flag, else the file, else the environment; *key NULL: from none. False: a
 * message was printed. */
bool cmd_device_key_find(struct cmd *c, char **key);
int cmd_device_add(struct cmd *c);
int cmd_device_discover(struct cmd *c);
int cmd_device_read_now(struct cmd *c);
int cmd_device_resend(struct cmd *c);
int cmd_device_reset_registration(struct cmd *c);
int cmd_device_compare(struct cmd *c);

/* device_upgrade.c */
int cmd_device_upgrade(struct cmd *c);

/* device_trace.c */
int cmd_device_trace(struct cmd *c);

/* device_bio.c: the biometric types that the device reported. */
void device_biometrics_print(json_t *device);

#endif
