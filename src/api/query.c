#include "api/query.h"

#include "base/number.h"
#include "base/percent.h"

const struct param params[PARAM_COUNT] = {
#define PARAM(name, kind, least, most, about) \
	[PARAM_##name] = { #name, PARAM_##kind, least, most, about },
#include "api/param.def"
#undef PARAM
};

enum gh_err query_decode(gh_slice s, bool plus, struct arena *a, gh_slice *out)
{
	uint8_t *to = ghi_arena_alloc(a, s.n + 1);

	return to ? ghi_percent_decode_strict(s, plus, to, out) : GH_ENOMEM;
}

bool query_takes(const char *takes, gh_slice name)
{
	gh_slice rest = gh_slice_of(takes), word;

	while (rest.n) {
		gh_slice_cut(rest, ' ', &word, &rest);
		if (word.n && gh_slice_eq(word, name))
			return true;
	}
	return false;
}

enum gh_err query_moment(gh_slice s, bool last, ghi_civil *out)
{
	uint8_t text[GHI_CIVIL_TEXT];
	const char *fill = last ? " 23:59:59" : " 00:00:00";
	ghi_civil t;

	if (s.n != 10 && s.n != 16 && s.n != GHI_CIVIL_TEXT)
		return GH_EMALFORMED;
	memcpy(text + 10, fill, 9);
	memcpy(text, s.p, s.n);
	if (ghi_civil_parse((gh_slice){ text, sizeof(text) }, &t))
		return GH_EMALFORMED;
	if (!ghi_civil_valid(t))
		return GH_EINVALID;
	*out = t;
	return GH_OK;
}

enum gh_err query_instant(gh_slice s, ghi_civil *out)
{
	if (s.n == GHI_CIVIL_TEXT + 1 && s.p[GHI_CIVIL_TEXT] == 'Z')
		s.n--;
	return query_moment(s, false, out);
}

enum gh_err query_place(gh_slice text, int64_t *punch, int64_t *access, bool *pair)
{
	gh_slice first, second;
	bool both = gh_slice_cut(text, '-', &first, &second);
	uint64_t p, a = 0;

	if (ghi_number_parse(first, INT64_MAX, &p) ||
	    (both && ghi_number_parse(second, INT64_MAX, &a)))
		return GH_EMALFORMED;
	*punch = (int64_t)p;
	*access = (int64_t)a;
	*pair = both;
	return GH_OK;
}

static const struct param *param_of(gh_slice name, const char *takes)
{
	if (!query_takes(takes, name))
		return NULL;
	for (size_t i = 0; i < PARAM_COUNT; i++)
		if (gh_slice_eq(name, gh_slice_of(params[i].name)))
			return &params[i];
	return NULL;
}

static enum gh_err query_number_read(const struct param *p, gh_slice text, struct query *q,
				     struct param_value *v)
{
	uint64_t n = 0;
	bool limit = p->kind == PARAM_LIMIT;
	enum gh_err err = ghi_number_parse(text, limit ? INT64_MAX : (uint64_t)p->most, &n);

	if (err == GH_ETOOBIG && limit) {
		n = INT64_MAX;
		err = GH_OK;
	}
	if (err == GH_OK && n >= (uint64_t)p->least) {
		v->given = (int64_t)n;
		v->i = limit && v->given > p->most ? p->most : v->given;
		return GH_OK;
	}
	fault_set(&q->fault, gh_slice_of(p->name), "must be a whole number from %lld on",
		  (long long)p->least);
	return GH_EINVALID;
}

static enum gh_err query_value_read(const struct param *p, gh_slice text, struct query *q,
				    struct param_value *v)
{
	switch (p->kind) {
	case PARAM_NUMBER:
	case PARAM_LIMIT:
		return query_number_read(p, text, q, v);
	case PARAM_PLACE:
		if (query_place(text, &v->i, &v->access, &v->pair) == GH_OK)
			return GH_OK;
		fault_set(&q->fault, gh_slice_of(p->name), "must be a whole number from 0 on");
		return GH_EINVALID;
	case PARAM_TEXT:
		v->s = text;
		if (text.n >= (size_t)p->least && text.n <= (size_t)p->most)
			return GH_OK;
		fault_set(&q->fault, gh_slice_of(p->name), "must have %lld to %lld characters",
			  (long long)p->least, (long long)p->most);
		return GH_EINVALID;
	default:
		if (query_moment(text, p->kind == PARAM_END, &v->i) == GH_OK)
			return GH_OK;
		fault_set(&q->fault, gh_slice_of(p->name),
			  "must be a date or time that exists, as YYYY-MM-DD or "
			  "YYYY-MM-DD HH:MM:SS");
		return GH_EINVALID;
	}
}

static void parameter_unknown(struct fault *f, gh_slice name, const char *takes)
{
	struct suggestion s = suggestion_for(name);

	suggestion_offer_words(&s, takes);
	suggestion_fault(&s, f, name, "is unknown");
}

static enum gh_err query_pair_read(gh_slice pair, const char *takes, struct arena *a,
				   struct query *q)
{
	gh_slice raw_name, raw_text, name, text;
	const struct param *p;
	struct param_value *v;
	enum gh_err err;

	gh_slice_cut(pair, '=', &raw_name, &raw_text);
	err = query_decode(raw_name, true, a, &name);
	if (err == GH_OK)
		err = query_decode(raw_text, true, a, &text);
	if (err == GH_ENOMEM)
		return err;
	if (err) {
		fault_set(&q->fault, raw_name,
			  "has a percent sign that starts no character; write it as %%25");
		return GH_EINVALID;
	}
	p = param_of(name, takes);
	if (p == NULL) {
		parameter_unknown(&q->fault, name, takes);
		return GH_EINVALID;
	}
	v = &q->value[p - params];
	if (v->present) {
		fault_set(&q->fault, name, "is there twice");
		return GH_EINVALID;
	}
	v->present = true;
	return query_value_read(p, text, q, v);
}

enum gh_err query_parse(gh_slice text, const char *takes, struct arena *a, struct query *q)
{
	enum gh_err err = GH_OK;

	*q = (struct query){ 0 };
	while (text.n && err == GH_OK) {
		gh_slice pair;

		gh_slice_cut(text, '&', &pair, &text);
		if (pair.n)
			err = query_pair_read(pair, takes, a, q);
	}
	return err;
}
