/* Which passwords an account may have. A list of common ones has hardly any of twelve characters; what such ones are made
 * of is known: words of password_word.def, the account's own name, runs like 12345, and few characters repeated. */
#ifndef GH_CORE_PASSWORD_RULE_H
#define GH_CORE_PASSWORD_RULE_H

#include "base/slice.h"

/* Why the password is none for an account of that name (empty: it is not known), to go on after "the password ";
 * static. NULL: it may be. Its text has to be UTF-8. */
const char *password_fault(gh_slice password, gh_slice name);

#endif
