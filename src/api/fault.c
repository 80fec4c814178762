#include "api/fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

#define NAME_MAX_COMPARED 32

void fault_set(struct fault *f, gh_slice field, const char *text, ...)
{
	va_list ap;

	/* A name that is cut stays UTF-8. */
	if (field.n > FAULT_FIELD - 1)
		field.n = ghi_text_utf8_prefix((gh_slice){ field.p, FAULT_FIELD - 1 });
	snprintf(f->field, sizeof(f->field), "%.*s", GH_FMT(field));
	va_start(ap, text);
	vsnprintf(f->message, sizeof(f->message), text, ap);
	va_end(ap);
}

static size_t smaller_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool letters_equal(gh_slice a, size_t i, gh_slice b, size_t k)
{
	return gh_ascii_lower(a.p[i]) == gh_ascii_lower(b.p[k]);
}

/* How many letters must be changed, added, left out or exchanged with their neighbour; case
 * counts for nothing (optimal string alignment). */
static size_t name_distance(gh_slice a, gh_slice b)
{
	size_t row[3][NAME_MAX_COMPARED + 1];

	for (size_t k = 0; k <= b.n; k++)
		row[0][k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3], *twice = row[(i + 1) % 3];

		now[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			now[k] = smaller_of(before[k - 1] + !letters_equal(a, i - 1, b, k - 1),
					    smaller_of(before[k], now[k - 1]) + 1);
			if (i > 1 && k > 1 && letters_equal(a, i - 1, b, k - 2) &&
			    letters_equal(a, i - 2, b, k - 1))
				now[k] = smaller_of(now[k], twice[k - 2] + 1);
		}
	}
	return row[a.n % 3][b.n];
}

static void known_add(struct suggestion *s, gh_slice known)
{
	size_t n = strlen(s->known);

	/* One that has no room is shown as dots, and so is the rest. */
	if (n && s->known[n - 1] == '.')
		return;
	if (n + known.n + 2 + sizeof(" ...") > sizeof(s->known))
		snprintf(s->known + n, sizeof(s->known) - n, " ...");
	else
		snprintf(s->known + n, sizeof(s->known) - n, "%s%.*s", n ? ", " : "",
			 GH_FMT(known));
}

void suggestion_offer(struct suggestion *s, gh_slice known)
{
	known_add(s, known);
	if (s->name.n == 0 || s->name.n > NAME_MAX_COMPARED || known.n > NAME_MAX_COMPARED)
		return;
	size_t distance = name_distance(s->name, known);

	/* Half of a short name may not be another. */
	if (distance < s->distance && distance * 2 < known.n) {
		s->best = known;
		s->distance = distance;
	}
}

void suggestion_offer_words(struct suggestion *s, const char *words)
{
	gh_slice rest = gh_slice_of(words), word;

	while (rest.n) {
		gh_slice_cut(rest, ' ', &word, &rest);
		if (word.n)
			suggestion_offer(s, word);
	}
}

void suggestion_fault(const struct suggestion *s, struct fault *f, gh_slice field,
		      const char *what)
{
	const char *known = *s->known ? s->known : "none";

	if (s->best.n)
		fault_set(f, field, "%s; did you mean \"%.*s\"? There are: %s", what,
			  GH_FMT(s->best), known);
	else
		fault_set(f, field, "%s; there are: %s", what, known);
}
