#include "model/access_words.h"

struct words_row {
	int32_t number;
	const char *words;
};

static const char *words_find(const struct words_row *row, size_t rows, int64_t number)
{
	for (size_t i = 0; i < rows; i++)
		if (row[i].number == number)
			return row[i].words;
	return NULL;
}

#define WORDS_OF(row, number) words_find(row, sizeof(row) / sizeof((row)[0]), number)

const char *access_function_name(int64_t position)
{
	static const struct words_row row[] = {
#define ACCESS_FUNCTION(position, words) { position, words },
#include "facts/access_function.def"
#undef ACCESS_FUNCTION
	};

	return WORDS_OF(row, position);
}

const char *access_model_name(int64_t number)
{
	static const struct words_row row[] = {
#define ACCESS_MODEL(number, words) { number, words },
#include "facts/access_model.def"
#undef ACCESS_MODEL
	};

	return WORDS_OF(row, number);
}

const char *language_name(int64_t number)
{
	static const struct words_row row[] = {
#define LANGUAGE(number, words) { number, words },
#include "facts/language.def"
#undef LANGUAGE
	};

	return WORDS_OF(row, number);
}

const char *nation_name(int64_t code)
{
	static const struct words_row row[] = {
#define NATION(code, words) { code, words },
#include "facts/nation.def"
#undef NATION
	};

	return WORDS_OF(row, code);
}

static const struct {
	enum access_rule_kind kind;
	int32_t value;
	const char *words;
} rule[] = {
#define ACCESS_RULE(kind, value, words) { ACCESS_RULE_##kind, value, words },
#include "facts/access_rule.def"
#undef ACCESS_RULE
};

const char *access_rule_name(enum access_rule_kind kind, int64_t value)
{
	for (size_t i = 0; i < sizeof(rule) / sizeof(rule[0]); i++)
		if (rule[i].kind == kind && rule[i].value == value)
			return rule[i].words;
	return NULL;
}

int64_t access_rule_value(enum access_rule_kind kind, gh_slice words)
{
	for (size_t i = 0; i < sizeof(rule) / sizeof(rule[0]); i++)
		if (rule[i].kind == kind && gh_slice_ieq(gh_slice_of(rule[i].words), words))
			return rule[i].value;
	return -1;
}

const char *error_module_name(gh_slice code)
{
	static const struct words_row row[] = {
#define ERROR_MODULE(number, words) { number, words },
#include "facts/error_module.def"
#undef ERROR_MODULE
	};

	if (code.n != 8 || gh_ascii_lower(code.p[0]) != 'd' || code.p[1] < '0' ||
	    code.p[1] > '9' || code.p[2] < '0' || code.p[2] > '9')
		return NULL;
	return WORDS_OF(row, (code.p[1] - '0') * 10 + code.p[2] - '0');
}

static const struct access_parameter parameter[] = {
#define ACCESS_PARAMETER(kind, name, form, least, most, words) \
	{ ACCESS_PARAMETER_##kind, name, ACCESS_FORM_##form, least, most, words },
#include "facts/access_parameter.def"
#undef ACCESS_PARAMETER
};

enum { PARAMETERS = sizeof(parameter) / sizeof(parameter[0]) };

const struct access_parameter *access_parameter_at(size_t i)
{
	return i < PARAMETERS ? &parameter[i] : NULL;
}

/* The next character that counts; false: none is left. */
static bool parameter_character(gh_slice *s, uint8_t *c)
{
	while (s->n) {
		*c = gh_ascii_lower(s->p[0]);
		*s = gh_slice_from(*s, 1);
		if (*c != '~' && *c != ' ')
			return true;
	}
	return false;
}

bool access_parameter_same(gh_slice a, gh_slice b)
{
	uint8_t x = 0, y = 0;

	for (;;) {
		bool more = parameter_character(&a, &x);

		if (more != parameter_character(&b, &y) || (more && x != y))
			return false;
		if (!more)
			return true;
	}
}

const struct access_parameter *access_parameter_find(enum access_parameter_kind kind,
						     gh_slice name)
{
	for (size_t i = 0; i < PARAMETERS; i++)
		if (parameter[i].kind == kind &&
		    access_parameter_same(gh_slice_of(parameter[i].name), name))
			return &parameter[i];
	return NULL;
}
