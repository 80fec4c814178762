/* gatehouse punch import FILE --device SN */
#ifndef GH_APP_API_CLIENT_PUNCH_IMPORT_H
#define GH_APP_API_CLIENT_PUNCH_IMPORT_H

#include "app/api_client/noun.h"

int punch_import(struct cmd *c);

#endif
