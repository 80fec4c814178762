/* Counts the rows of an export while it passes. */
#include <string.h>

#include "app/api_client/export.h"

/* A letter of the text of a field. */
static void count_field_letter(struct export_count *e, char letter)
{
	if (e->at == 0)
		e->at = letter == '\'' ? 1 : 2;
	else if (e->at == 1) {
		e->formulas += memchr("=+-@\t\r", letter, 6) != NULL;
		e->at = 2;
	}
}

static void count_letter(struct export_count *e, char letter)
{
	if (e->quoted && letter == '"') {
		e->quoted = false;
		e->mark = true;
		return;
	}
	if (!e->quoted && letter == '"') {
		/* A second one behind the first stands for itself. */
		if (e->mark)
			count_field_letter(e, letter);
		e->quoted = true;
		e->mark = false;
		return;
	}
	e->mark = false;
	if (!e->quoted && letter == '\n') {
		e->rows++;
		e->at = 0;
	} else if (!e->quoted && letter == e->separator) {
		e->at = 0;
	} else {
		count_field_letter(e, letter);
	}
}

void export_count_csv(struct export_count *e, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		count_letter(e, p[i]);
}

void export_count_lines(struct export_count *e, const char *p, size_t n)
{
	const char *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		e->rows++;
		p++;
	}
}
