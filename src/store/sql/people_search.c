#include "store/sql/people_search.h"

#include <glib.h>
#include <string.h>

#include "base/text_fold.h"
#include "model/text_list.h"

#define SEARCHED                                                          \
	(UINT64_C(1) << PEOPLE_pin | UINT64_C(1) << PEOPLE_name |         \
	 UINT64_C(1) << PEOPLE_cards | UINT64_C(1) << PEOPLE_department | \
	 UINT64_C(1) << PEOPLE_position | UINT64_C(1) << PEOPLE_code |    \
	 UINT64_C(1) << PEOPLE_namespace)

static void line_add(GString *to, gh_slice text)
{
	if (text.n == 0)
		return;
	g_string_append_len(to, (const char *)text.p, (gssize)text.n);
	g_string_append_c(to, '\n');
}

/* A line a field, and a line a card: nothing is found that lies in two of them. */
static char *search_text(const struct people *p)
{
	GString *all = g_string_new(NULL);
	gh_slice cards = p->cards, card;
	bool name;

	line_add(all, p->pin);
	line_add(all, p->name);
	while (text_list_next(&cards, &card, &name))
		line_add(all, card);
	line_add(all, p->department);
	line_add(all, p->position);
	line_add(all, p->code);
	line_add(all, p->namespace);
	char *text = text_fold((gh_slice){ (const uint8_t *)all->str, all->len });

	g_string_free(all, TRUE);
	return text;
}

struct merge {
	const struct people *given;
	char *text;
};

/* The person as they are, with what is given of them. */
static bool person_fold(void *ctx, int64_t id, const void *record)
{
	struct merge *m = ctx;
	struct people now = *(const struct people *)record;
	const struct people *g = m->given;
	const struct model_kind *k = &model_entities[ENTITY_PEOPLE];

	(void)id;
	for (size_t i = 0; i < k->fields; i++)
		if (SEARCHED >> i & 1 && model_has(g, i))
			*(gh_slice *)model_at(k, &now, i) =
				*(const gh_slice *)model_at_const(k, g, i);
	m->text = search_text(&now);
	return true;
}

enum gh_err people_search_set(struct store *s, int64_t id, const struct people *given,
			      struct people *out, char **text)
{
	struct merge m = { .given = given };
	enum gh_err err = GH_OK;

	*out = *given;
	*text = NULL;
	if ((given->present & SEARCHED) == 0)
		return GH_OK;
	if (id == 0 || (given->present & SEARCHED) == SEARCHED)
		m.text = search_text(given);
	else
		err = sql_entity_hold(s, ENTITY_PEOPLE, id, person_fold, &m);
	if (err)
		return err;
	*text = m.text;
	out->search = gh_slice_of(m.text);
	model_mark(out, PEOPLE_search);
	return GH_OK;
}

/* --- people of an older version --- */

#define FILL_ROWS 100 /* as PEOPLE_UNSEARCHED reads */

enum gh_err sql_people_search_fill(struct store *s, bool *more)
{
	int64_t id[FILL_ROWS];
	size_t n = 0;
	struct sql_call q = sql_call(s->sql, SQL_PEOPLE_UNSEARCHED);

	while (n < FILL_ROWS && sql_next(&q))
		id[n++] = sql_int(&q, 0);
	enum gh_err err = sql_end(&q);

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		struct merge m = { .given = &(struct people){ 0 } };

		err = sql_entity_hold(s, ENTITY_PEOPLE, id[i], person_fold, &m);
		if (err)
			break;
		q = sql_call(s->sql, SQL_PEOPLE_SEARCH);
		sql_put_text(&q, gh_slice_of(m.text));
		sql_put_int(&q, id[i]);
		err = sql_run(&q);
		g_free(m.text);
	}
	*more = n == FILL_ROWS;
	return err;
}

/* --- searching --- */

void people_search_term(struct sql_list *l, const struct sql *c, gh_slice text)
{
	char *folded = text_fold(text);
	size_t n = strlen(folded);

	if (n > sizeof(l->like)) {
		l->w.err = GH_ETOOBIG;
	} else {
		g_strdelimit(folded, "\n", ' '); /* it parts the fields */
		memcpy(l->like, folded, n);
		sql_list_text(l, c->engine->people_found,
			      (gh_slice){ (const uint8_t *)l->like, n });
	}
	g_free(folded);
}
