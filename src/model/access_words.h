/* What numbers and names of access devices mean, from the tables of facts/. All texts are static;
 * NULL: not defined. */
#ifndef GH_MODEL_ACCESS_WORDS_H
#define GH_MODEL_ACCESS_WORDS_H

#include "base/slice.h"

/* A position of AccSupportFunList (access_function.tsv). */
const char *access_function_name(int64_t position);
/* A MachineType (access_model.tsv). */
const char *access_model_name(int64_t number);
/* The number of a language (language.tsv), a nation (nation.tsv). */
const char *language_name(int64_t number);
const char *nation_name(int64_t code);

/* Values of anti-passback and interlock (access_rule.tsv). */
enum access_rule_kind { ACCESS_RULE_ANTI_PASSBACK, ACCESS_RULE_INTERLOCK };
const char *access_rule_name(enum access_rule_kind kind, int64_t value);
/* The value of these words, -1: of none. */
int64_t access_rule_value(enum access_rule_kind kind, gh_slice words);

/* The part of a device that a code of its error log comes from ("D01E0001": 01), error_module.tsv;
 * NULL also for codes of another form, or of the server. */
const char *error_module_name(gh_slice code);

enum access_parameter_kind {
	ACCESS_PARAMETER_REGISTRATION,
	ACCESS_PARAMETER_DOOR,
	ACCESS_PARAMETER_READER,
	ACCESS_PARAMETER_DEVICE,
	ACCESS_PARAMETER_CHANNEL, /* of controllers of passages */
	ACCESS_PARAMETER_NETWORK, /* options by which a unit is reached, and whom it calls */
	ACCESS_PARAMETER_OPTION,  /* other options that can be set */
	ACCESS_PARAMETER_SCREEN,  /* of an advertising screen */
};

enum access_parameter_form {
	ACCESS_FORM_SWITCH,
	ACCESS_FORM_NUMBER,
	ACCESS_FORM_TEXT,
	ACCESS_FORM_BITMAP,
	ACCESS_FORM_FLAGS,
	ACCESS_FORM_LIST,
	ACCESS_FORM_WORD,
	ACCESS_FORM_ADDRESS,   /* of IPv4 */
	ACCESS_FORM_MODE,      /* a verify mode: its number, or 16 digits */
	ACCESS_FORM_PASSBACK,  /* a value of anti-passback */
	ACCESS_FORM_INTERLOCK, /* a value of interlock */
};

struct access_parameter {
	enum access_parameter_kind kind;
	const char *name; /* as written on the wire */
	enum access_parameter_form form;
	int64_t least, most; /* of a number; of a text its bytes */
	const char *words;
};

/* Number i of all parameters, those of a kind together; NULL after the last. */
const struct access_parameter *access_parameter_at(size_t i);
/* By its name, without case, '~' and blanks; NULL: unknown. */
const struct access_parameter *access_parameter_find(enum access_parameter_kind kind,
						     gh_slice name);
/* Whether two names are the same in that sense. */
bool access_parameter_same(gh_slice a, gh_slice b);

#endif
