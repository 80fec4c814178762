/* Options of access units by the names that commands set them by: what they mean, and which values they take
 * (access_parameter.tsv; Security PUSH 3.1.2, 9.5 and 11.8 to 11.12). */
#ifndef GH_MODEL_ACCESS_OPTION_H
#define GH_MODEL_ACCESS_OPTION_H

#include "base/err.h"
#include "base/writer.h"
#include "model/access_words.h"

struct access_option {
	const struct access_parameter *parameter;
	unsigned door; /* "Door3Drivertime" is DoorDrivertime of door 3; 0: of none */
};

/* False: no table has the name. */
bool access_option_find(gh_slice name, struct access_option *out);

#define ACCESS_OPTION_WHY 160
/* The value as the unit gets it. Words are turned into its number: what a verify mode needs ("card + password",
 * "card or face"), what anti-passback and interlock are between. `factors`: the unit takes verify modes as
 * words of 16 digits. GH_EINVALID: it takes no such value, and `why` has the reason. */
GH_MUST_CHECK enum gh_err access_option_encode(const struct access_option *o, gh_slice value,
					       bool factors, struct ghi_writer *w,
					       char why[ACCESS_OPTION_WHY]);
/* What the value means, in words; nothing where its digits are all there is. */
void access_option_words_put(struct ghi_writer *w, const struct access_option *o,
			     gh_slice value);

#endif
