#include "core/password_rule.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/password.h"

#define DISTINCT 5 /* characters that differ, at the least */
#define LEFT 6	   /* the same, of those that are of no word and no run */
#define RUN 4	   /* characters of a run: 1234, dcba, aaaa */
#define NAME 3	   /* characters of a name that counts as a word, at the least */

#define TOO_SHORT "must have 12 characters at least"
_Static_assert(PASSWORD_LEAST == 12, "the text has it");

static const char *const words[] = {
#define PASSWORD_WORD(text) text,
#include "core/password_word.def"
#undef PASSWORD_WORD
};

/* Removes a word wherever it is; what stood before it and behind it is parted by a zero. */
static void word_remove(gunichar *text, size_t n, const gunichar *word, size_t k)
{
	for (size_t i = 0; k && i + k <= n; i++)
		if (memcmp(text + i, word, k * sizeof(*word)) == 0)
			memset(text + i, 0, k * sizeof(*word));
}

static void text_word_remove(gunichar *text, size_t n, const char *word, glong least)
{
	glong k = 0;
	gunichar *letters = g_utf8_to_ucs4_fast(word, -1, &k);

	if (k >= least)
		word_remove(text, n, letters, (size_t)k);
	g_free(letters);
}

/* Of a run as its length: its characters rise, fall or stay by the same step of one at the most. */
static size_t letters_run_length(const gunichar *text, size_t n)
{
	size_t k = 1;

	for (int step = -1; step <= 1; step++) {
		size_t m = 1;

		while (m < n && text[m] && (int64_t)text[m] - text[m - 1] == step)
			m++;
		k = m > k ? m : k;
	}
	return k;
}

static void runs_remove(gunichar *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = text[i] ? letters_run_length(text + i, n - i) : 1;

		if (k >= RUN)
			memset(text + i, 0, k * sizeof(*text));
		i += k;
	}
}

/* Blanks, and what was removed, are none. */
static size_t characters_distinct(const gunichar *text, size_t n)
{
	size_t distinct = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		if (text[i] == 0 || g_unichar_isspace(text[i]))
			continue;
		while (k < i && text[k] != text[i])
			k++;
		distinct += k == i;
	}
	return distinct;
}

static const char *letters_fault(gunichar *text, size_t n, const char *name)
{
	if (characters_distinct(text, n) < DISTINCT)
		return "repeats few characters";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		text_word_remove(text, n, words[i], 1);
	text_word_remove(text, n, name, NAME);
	runs_remove(text, n);
	return characters_distinct(text, n) < LEFT
		       ? "is made of what is guessed first: common words, "
			 "the account's name, or runs such as 12345"
		       : NULL;
}

const char *password_fault(gh_slice password, gh_slice name)
{
	gchar *folded = g_utf8_strdown((const char *)password.p, (gssize)password.n);
	gchar *own =
		name.n ? g_utf8_strdown((const char *)name.p, (gssize)name.n) : g_strdup("");
	glong n = 0;
	gunichar *text = g_utf8_to_ucs4_fast(folded, -1, &n);
	const char *fault =
		n < PASSWORD_LEAST ? TOO_SHORT : letters_fault(text, (size_t)n, own);

	explicit_bzero(folded, strlen(folded));
	explicit_bzero(text, (size_t)n * sizeof(*text));
	g_free(folded);
	g_free(own);
	g_free(text);
	return fault;
}
