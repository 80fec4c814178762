#include "app/nearest.h"

#include <stdbool.h>
#include <string.h>

#define WORD_MAX 32

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: row i holds the distances between the first i bytes of a and each
 * prefix of b. Only the last three rows are kept. */
size_t word_distance(const char *a, const char *b)
{
	size_t row[3][WORD_MAX + 1], an = strlen(a), bn = strlen(b);

	if (an > WORD_MAX || bn > WORD_MAX)
		return an > bn ? an : bn;
	for (size_t j = 0; j <= bn; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= an; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3],
		       *earlier = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			now[j] = least_of(before[j], now[j - 1]) + 1;
			now[j] = least_of(now[j], before[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least_of(now[j], earlier[j - 2] + 1);
		}
	}
	return row[an % 3][bn];
}

/* "punches", "devices" */
static bool word_is_plural(const char *word, const char *of)
{
	size_t n = strlen(of);

	return strncmp(word, of, n) == 0 &&
	       (strcmp(word + n, "s") == 0 || strcmp(word + n, "es") == 0);
}

const char *word_nearest(const char *word, const char *const *words, size_t n)
{
	const char *nearest = NULL;
	size_t least = 0;

	for (size_t i = 0; i < n; i++) {
		size_t distance = word_distance(word, words[i]);

		if (word_is_plural(word, words[i]))
			return words[i];
		if (distance * 3 > strlen(words[i]) || (nearest && distance >= least))
			continue;
		nearest = words[i];
		least = distance;
	}
	return nearest;
}
