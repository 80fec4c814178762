/* Tables of a unit (access_table.def, access_field.def): what they hold, what a row of them may be, and
 * rows as text. Security PUSH 3.1.2, 7 and 9.1. */
#ifndef GH_WIRE_ACCESS_TABLE_H
#define GH_WIRE_ACCESS_TABLE_H

#include "wire/access/parameters.h"
#include "wire/access/row.h"

#define GHI_TABLE_FIELDS 96 /* of one table at most */

enum ghi_field_type {
	GHI_FIELD_TEXT,
	GHI_FIELD_DIGITS,   /* so many decimal digits, min to max */
	GHI_FIELD_INT,	    /* min to max, or one of `choices` */
	GHI_FIELD_SLOT,	    /* number of a time rule */
	GHI_FIELD_DOOR,	    /* 1 to LockCount */
	GHI_FIELD_DOORS,    /* a mask, or one number with position 15: ghi_doors_read() */
	GHI_FIELD_PERIOD,   /* ghi_period_unpack() */
	GHI_FIELD_SECOND,   /* ghi_packed_read() */
	GHI_FIELD_VALIDITY, /* ghi_validity_read() */
	GHI_FIELD_MODE,	    /* a mode's number; a word, too, with NewVFStyles: verify_read() */
	GHI_FIELD_BASE64,
	GHI_FIELD_HEX,
	GHI_FIELD_CARD,	     /* ghi_card_number() */
	GHI_FIELD_DATE,	     /* YYYYMMDD */
	GHI_FIELD_DATES,     /* two of them */
	GHI_FIELD_WIEGAND,   /* ghi_wiegand_read() */
	GHI_FIELD_PARAMETER, /* the name of a parameter; min: enum access_parameter_kind */
};

enum {
	GHI_FIELD_KEY = 1 << 0,	   /* the fields with this make a row what it is */
	GHI_FIELD_UPLOAD = 1 << 1, /* only a device writes it */
	GHI_FIELD_SECRET = 1 << 2, /* never in a log, a list or a trace */
	GHI_FIELD_EMPTY = 1 << 3,  /* the document prints it without a value, too */
	GHI_FIELD_PAIRS = 1 << 4,  /* it holds "name=value,…", any of which may be secret */
};

/* A row of access_field.def, which has what each member means. */
struct ghi_table_field {
	const char *name;
	enum ghi_field_type type;
	int64_t min, max;
	const char *choices;
	const char *otherwise; /* NULL: left out */
	unsigned flags;
	const char *gate;
};

/* A row of access_table.def. */
struct ghi_access_table {
	const char *name;    /* "": not documented */
	const char *verbs;   /* letters of "UDCQ^" */
	const char *deletes; /* sets of conditions */
	const char *gate;
	const char *words;
	const struct ghi_table_field *field;
	size_t fields;
};

/* What a unit registered, and reported as options: "name=value,…" in one text, and decoded. Borrowed. */
struct ghi_table_unit {
	gh_slice parameters;
	struct ghi_unit unit;
	/* What it answered that it does not know: ",holiday,user.Name,"; empty: nothing. */
	gh_slice refused;
};
struct ghi_table_unit ghi_table_unit_of(gh_slice parameters);

/* Whether a unit has what a gate names. */
bool ghi_table_gate_open(const char *gate, const struct ghi_table_unit *u);

/* Whether it answered that it does not know the table, or (not NULL) that field of it. */
bool ghi_table_refused(const struct ghi_access_table *t, const struct ghi_table_field *f,
		       const struct ghi_table_unit *u);
/* Whether a unit has the table, as far as is known. */
bool ghi_table_open(const struct ghi_access_table *t, const struct ghi_table_unit *u);

/* Number i of all tables, names may repeat; NULL after the last. */
const struct ghi_access_table *ghi_access_table_at(size_t i);
/* By name, without case and brackets: the shape whose gate is open, or the first; NULL: unknown.
 * u NULL: the first. */
const struct ghi_access_table *ghi_access_table_find(gh_slice name,
						     const struct ghi_table_unit *u);
bool ghi_table_has_verb(const struct ghi_access_table *t, char verb);
/* Number of a field by its name, without case and underscores; -1: unknown. */
int ghi_table_field_find(const struct ghi_access_table *t, gh_slice name);
/* The field whose value is the name of a parameter, which has its own value in the field Value; -1: there is none. */
int ghi_table_parameter_field(const struct ghi_access_table *t);
/* Whether what a row has in field i is never shown: that of a secret field, and the value of a parameter that is one.
 * `parameter`: what the row has in its field of that kind; empty where there is none. */
bool ghi_table_value_is_secret(const struct ghi_access_table *t, size_t i, gh_slice parameter);

/* What is wrong with a row. */
enum ghi_table_rule {
	GHI_RULE_KEPT,	  /* nothing is */
	GHI_RULE_GATE,	  /* the unit has no such table */
	GHI_RULE_REFUSED, /* it answered that it does not know the table, or the field */
	GHI_RULE_VERB,
	GHI_RULE_FIELD, /* unknown field: `name` */
	GHI_RULE_READ_ONLY,
	GHI_RULE_KEY_MISSING,
	GHI_RULE_CONTROL, /* a tab, line end or NUL in the value */
	GHI_RULE_LENGTH,
	GHI_RULE_VALUE,	     /* by the type */
	GHI_RULE_CONDITIONS, /* no such set */
	GHI_RULE_BIO_TYPE,   /* the unit does not take that biometric type */
};

struct ghi_table_fault {
	enum ghi_table_rule rule;
	const struct ghi_access_table *table;
	const struct ghi_table_field *field; /* NULL: of the row or the table */
	gh_slice name;			     /* of an unknown field; borrowed */
	int64_t doors;			     /* that the unit has; -1: not known */
	bool longer;			     /* its text may be as long as with position 5 */
};

/* The rule in words that follow the name of what it is about: "must be a number from 0 to 99". */
void ghi_table_fault_write(struct ghi_writer *w, const struct ghi_table_fault *f);

/* One row; values are borrowed. */
struct ghi_table_row {
	const struct ghi_access_table *table;
	gh_slice value[GHI_TABLE_FIELDS];
	bool has[GHI_TABLE_FIELDS];
};

static inline struct ghi_table_row ghi_table_row_of(const struct ghi_access_table *t)
{
	return (struct ghi_table_row){ .table = t };
}

/* Give a field its value, the first time. false: unknown; *fault has the name. */
bool ghi_table_row_set(struct ghi_table_row *r, gh_slice name, gh_slice value,
		       struct ghi_table_fault *fault);

/* The pairs of one line; unknown names are passed over and counted. With `blanks`, a blank before a known
 * "name=" parts pairs, too, as in conditions that the document prints. */
size_t ghi_table_row_read(struct ghi_table_row *r, gh_slice line, bool blanks);

/* A duress finger as commands write it, whatever form the row came in. */
void ghi_table_row_normalise(struct ghi_table_row *r);

/* Take what is not given from another row of the same table (NULL: none), then what is written otherwise. */
void ghi_table_row_fill(struct ghi_table_row *r, const struct ghi_table_row *from);

/* Every field given, and the key complete, for a row of DATA UPDATE. false: *fault. */
bool ghi_table_row_check(const struct ghi_table_row *r, const struct ghi_table_unit *u,
			 struct ghi_table_fault *fault);
/* Every field given, for conditions. */
bool ghi_table_values_check(const struct ghi_table_row *r, const struct ghi_table_unit *u,
			    struct ghi_table_fault *fault);
/* One of the table's sets, exactly; no field and `all`: '*'. *unverified: no document has that set. */
bool ghi_table_conditions_check(const struct ghi_table_row *r, bool all, bool *unverified,
				struct ghi_table_fault *fault);

/* The pairs in the order of the table. For a unit (u not NULL) only what it has, and what is not only
 * uploaded. */
void ghi_table_row_write(struct ghi_writer *w, const struct ghi_table_row *r,
			 const struct ghi_table_unit *u);
size_t ghi_table_row_length(const struct ghi_table_row *r, const struct ghi_table_unit *u);

/* The values of the key, parted by tabs, hexadecimal ones in upper case: what two rows share that are the
 * same one. */
void ghi_table_key_write(struct ghi_writer *w, const struct ghi_table_row *r);

/* The code with which a unit refuses what breaks a rule (11.1); 0 for GHI_RULE_KEPT. */
int ghi_table_rule_return(enum ghi_table_rule rule);

#endif
