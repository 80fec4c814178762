/* The data directory of the package's service, for commands that are run without one. */
#ifndef GH_APP_PACKAGED_DATA_H
#define GH_APP_PACKAGED_DATA_H

/* As packaging/gatehouse.service.in has it. */
#define PACKAGED_DATA "/var/lib/gatehouse"

#endif
