#include "wire/push/lines.h"

bool ghi_lines_next(struct ghi_lines *l, gh_slice *line)
{
	gh_slice rest;

	while (l->at < l->in.n) {
		l->start = l->at;
		l->number++;
		gh_slice_cut(gh_slice_from(l->in, l->at), '\n', line, &rest);
		l->at = l->in.n - rest.n;
		while (line->n && line->p[line->n - 1] == '\r')
			line->n--;
		if (line->n && (line->p[0] > ' ' || gh_slice_trim(*line).n))
			return true;
	}
	return false;
}
