#include "store/sql/list.h"

#include <stdio.h>

void sql_list_more(struct sql_list *l, const char *text)
{
	ghi_put(&l->w, gh_slice_of(text));
}

void sql_list_init(struct sql_list *l, gh_slice select)
{
	l->w = ghi_writer_on(l->text, sizeof(l->text));
	l->filtered = false;
	l->values = 0;
	l->like_n = 0;
	ghi_put(&l->w, select);
}

void sql_list_term(struct sql_list *l, const char *text)
{
	sql_list_more(l, l->filtered ? " AND " : " WHERE ");
	sql_list_more(l, text);
	l->filtered = true;
}

void sql_list_value_int(struct sql_list *l, int64_t v)
{
	if (l->values == SQL_LIST_VALUES)
		l->w.err = GH_ESPACE;
	if (l->w.err)
		return;
	l->value[l->values].is_text = false;
	l->value[l->values++].number = v;
}

void sql_list_value_text(struct sql_list *l, gh_slice v)
{
	if (l->values == SQL_LIST_VALUES)
		l->w.err = GH_ESPACE;
	if (l->w.err)
		return;
	l->value[l->values].is_text = true;
	l->value[l->values++].text = v;
}

void sql_list_value_like(struct sql_list *l, gh_slice text)
{
	if (text.n > SQL_LIST_LIKE) {
		l->w.err = GH_ETOOBIG;
		return;
	}
	if (l->like_n == 0) {
		l->like[l->like_n++] = '%';
		for (size_t i = 0; i < text.n; i++) {
			if (memchr("%_!", text.p[i], 3))
				l->like[l->like_n++] = '!';
			l->like[l->like_n++] = (char)text.p[i];
		}
		l->like[l->like_n++] = '%';
	}
	sql_list_value_text(l, (gh_slice){ (const uint8_t *)l->like, l->like_n });
}

void sql_list_int(struct sql_list *l, const char *text, int64_t v)
{
	sql_list_term(l, text);
	sql_list_value_int(l, v);
}

void sql_list_text(struct sql_list *l, const char *text, gh_slice v)
{
	sql_list_term(l, text);
	sql_list_value_text(l, v);
}

struct sql_call sql_list_start(struct sql *c, const struct sql_list *l)
{
	if (l->w.err)
		return (struct sql_call){ .c = c, .err = GH_ETOOBIG };

	struct sql_call q = sql_call_once(c, ghi_written(&l->w));

	for (size_t i = 0; i < l->values; i++)
		if (l->value[i].is_text)
			sql_put_text(&q, l->value[i].text);
		else
			sql_put_int(&q, l->value[i].number);
	return q;
}

struct sql_call sql_list_call(struct sql *c, struct sql_list *l, const struct store_page *page,
			      const char *number, const char *device)
{
	char bound[64];

	if (page->device) {
		snprintf(bound, sizeof(bound), "%s = ?", device);
		sql_list_int(l, bound, page->device);
	}
	if (page->after || !page->descending) {
		snprintf(bound, sizeof(bound), "%s %s ?", number, page->descending ? "<" : ">");
		sql_list_int(l, bound, page->after);
	}
	if (page->before) {
		snprintf(bound, sizeof(bound), "%s < ?", number);
		sql_list_int(l, bound, page->before);
	}
	sql_list_more(l, " ORDER BY ");
	sql_list_more(l, number);
	sql_list_more(l, page->descending ? " DESC LIMIT ?" : " LIMIT ?");
	sql_list_value_int(l, page->limit > 0 ? page->limit : 0);
	return sql_list_start(c, l);
}
