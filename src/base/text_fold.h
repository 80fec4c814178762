/* Text as it is compared where letters of both cases, and those with and without accents, are to be the same. */
#ifndef GH_BASE_TEXT_FOLD_H
#define GH_BASE_TEXT_FOLD_H

#include "base/slice.h"

/* The text in compatibility form (Unicode NFKD) without marks above or below letters, and without case; marks that
 * are letters of their own, as the vowels of Thai or Devanagari, stay. What is not UTF-8 has its letters A to Z in
 * lower case alone. Ends with a NUL, and is the caller's, by g_free(). A longer text that begins with this one is
 * not always folded to one that begins with this folded: only whole texts, and parts of them that end between
 * letters, are found. */
char *text_fold(gh_slice text);

#endif
