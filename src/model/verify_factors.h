/* Verify modes of access devices: the number of a mode, or a word of 16 bits that names the factors
 * (Security PUSH 3.1.2, 7.2, 9.5.1 and 11.3). */
#ifndef GH_MODEL_VERIFY_FACTORS_H
#define GH_MODEL_VERIFY_FACTORS_H

#include "base/slice.h"
#include "base/writer.h"

#define VERIFY_WORD_DIGITS 16
#define VERIFY_ALL 1u	      /* bit 0: all factors are needed; otherwise any of them */
#define VERIFY_MODE_UNSET 255 /* of a period in a schedule: no mode of its own */

enum verify_form {
	VERIFY_ABSENT, /* nothing was sent, or a word without factors */
	VERIFY_MODE_NUMBER,
	VERIFY_FACTORS,
	VERIFY_RAW, /* neither of the two: only the text is stored */
};

/* How many bits a text of 0 and 1 may have; more is VERIFY_RAW. */
#define VERIFY_TEXT_MAX 64

/* What a device sent as verify type: at least 16 characters of 0 and 1 are a word, whose last digit
 * is bit 0 and whose bits above 15 must be zero; a decimal number up to 255 without leading zeros is
 * a mode. *value is the word or the mode, and 0 otherwise. The text is never read as a number first:
 * "0000000000000010" is the factor face, not the mode 10. */
enum verify_form verify_read(gh_slice text, int64_t *value);

/* The 16 digits of a word. */
void verify_word_put(struct ghi_writer *w, uint16_t word);

/* The factors that a mode stands for, as a word; false: it has no such word. */
bool verify_word_of_mode(int64_t mode, uint16_t *word);

/* Whether two words are the same demand: of a single factor, any and all are. */
bool verify_words_same(uint16_t a, uint16_t b);

/* The word of factors in words, as verify_words_put() writes them, "and" and "&" for "+". False: a factor without a
 * name, or both "+" and "or". */
bool verify_words_read(gh_slice text, uint16_t *word);

/* "card + password" (all), "card or password" (any); bits without a name as "bit 13". Nothing for a
 * word without factors. */
void verify_words_put(struct ghi_writer *w, uint16_t word);

#endif
