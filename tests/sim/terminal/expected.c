/* expected PERSONA USERS PUNCHES: the contents of a simulated terminal of the default seed, computed
 * without it, for tests in other languages. Tab-separated lines:
 *
 *	user	uid	pin	privilege	card	password	name in hexadecimal
 *	punch	uid	pin	time	verify	status */
#include "tests.h"

#include "expectation.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire/terminal/packed_time.h"

int main(int argc, char **argv)
{
	struct term_day day = { 0 };
	struct expectation truth;

	if (argc != 4)
		return 2;
	expectation_open(&truth, argv[1], (uint32_t)strtoul(argv[2], NULL, 10),
			 (uint32_t)strtoul(argv[3], NULL, 10));
	for (uint32_t i = 0; i < truth.users.list->len; i++) {
		const struct gh_user *u = &term_users_at(&truth.users, i)->record;

		printf("user\t%u\t%s\t%u\t%llu\t%s\t", u->uid, u->pin, u->privilege,
		       (unsigned long long)u->card, u->password);
		for (const char *c = u->name_raw; *c; c++)
			printf("%02x", (unsigned)(unsigned char)*c);
		printf("\n");
	}
	for (uint32_t i = truth.log.first; i < truth.log.end; i++) {
		char when[GH_TIME_TEXT];
		struct gh_punch p;

		term_log_get(&truth.log, i, &day, &p);
		p.time = ghi_terminal_time_unpack(p.time_code);
		gh_time_format(&p.time, when);
		printf("punch\t%u\t%s\t%s\t%u\t%u\n", p.uid, p.pin, when, p.verify, p.status);
	}
	expectation_close(&truth);
	return 0;
}
