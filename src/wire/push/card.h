/* Card numbers as PUSH devices write them. */
#ifndef GH_WIRE_PUSH_CARD_H
#define GH_WIRE_PUSH_CARD_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* A card number as sent: "[15CD5B07]" (hex, least significant byte first; PUSH SDK 2013,
 * table 2-4; Security PUSH 3.1.2, 7.5) or decimal. GH_EMALFORMED for anything else. */
GH_MUST_CHECK enum gh_err ghi_card_number(gh_slice text, uint64_t *number);

/* The bracketed form, four bytes, eight where the number needs more. */
void ghi_card_bracket_write(struct ghi_writer *w, uint64_t number);

/* Hexadecimal digits of a card of a person with several cards (Security PUSH 3.1.2, 9.1.1 MulCardUser),
 * up to 16, the highest byte first, or the lowest: the document does not state which.
 * GH_EMALFORMED: not hexadecimal, or too long; with the lowest byte first also an odd number of digits. */
GH_MUST_CHECK enum gh_err ghi_card_hex(gh_slice text, bool lowest_first, uint64_t *number);
/* In upper case, without leading zeros; whole bytes where the lowest is first. */
void ghi_card_hex_write(struct ghi_writer *w, uint64_t number, bool lowest_first);

#endif
