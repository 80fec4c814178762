/* A plan for people: what it is to each unit, and its steps, in lines of 80 columns. */
#ifndef GH_APP_API_CLIENT_PLAN_PRINT_H
#define GH_APP_API_CLIENT_PLAN_PRINT_H

#include "app/api_client/noun.h"

/* A member of an answer; 0 or "" where it is not there. */
long long plan_number_of(const json_t *o, const char *key);
const char *plan_text_of(const json_t *o, const char *key);

/* `steps`: with the commands of each unit, which are fetched. An end of the program. */
int plan_print(struct cmd *c, const char *id, const json_t *plan, bool steps);

#endif
