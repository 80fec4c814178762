/* Errors of every gh_ function. Zero is success and every failure is negative, so `if (err)` and
 * `if (err < 0)` are the same test. */
#ifndef GATEHOUSE_ERROR_H
#define GATEHOUSE_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum gh_err_index {
	GH_IX_OK,
#define GH_ERR(name, text) GH_IX_##name,
#include <gatehouse/error.def>
#undef GH_ERR
	GH_IX_COUNT
};

enum gh_err {
	GH_OK = 0,
#define GH_ERR(name, text) GH_E##name = -GH_IX_##name,
#include <gatehouse/error.def>
#undef GH_ERR
};

#if defined(__GNUC__)
#define GH_MUST_CHECK __attribute__((warn_unused_result))
#define GH_API __attribute__((visibility("default")))
#else
#define GH_MUST_CHECK
#define GH_API
#endif

/* A short English phrase for err: "no such user". Static, never NULL. */
GH_API const char *gh_strerror(enum gh_err err);

#ifdef __cplusplus
}
#endif

#endif
