/* Published files, as devices fetch them (core/published.h). */
#ifndef GH_SESSION_FILES_H
#define GH_SESSION_FILES_H

#include "session/exchange.h"

void files_serve(struct exchange *x);

#endif
