/* The errors of the whole program are those of the installed library. */
#ifndef GH_BASE_ERR_H
#define GH_BASE_ERR_H

#include <gatehouse/error.h>

#endif
