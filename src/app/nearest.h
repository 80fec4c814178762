/* The word that was meant, for a message about one that is unknown. */
#ifndef GH_APP_NEAREST_H
#define GH_APP_NEAREST_H

#include <stddef.h>

/* How many bytes have to be put in, taken out, changed or swapped with the next to make one word of
 * the other; words longer than 32 bytes are as far apart as the longer one is long. */
size_t word_distance(const char *a, const char *b);

/* The nearest of n words, if at most a third of its bytes differ; NULL: none is near. */
const char *word_nearest(const char *word, const char *const *words, size_t n);

#endif
