/* What every unit test includes first: cmocka and what it needs before it. */
#ifndef GH_TESTS_H
#define GH_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
