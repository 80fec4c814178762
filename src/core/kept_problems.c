#include "core/kept_problems.h"

#include "core/problems.h"

static const struct {
	enum problem_kind kind;
	bool upload; /* it is of uploads, not of records in quarantine */
} of_kept[] = {
	{ PROBLEM_RECORDS_QUARANTINED, false },
	{ PROBLEM_UPLOAD_NOT_UNDERSTOOD, true },
	{ PROBLEM_PACKAGE_REFUSED, true },
};

enum { OF_KEPT = sizeof(of_kept) / sizeof(of_kept[0]) };

void kept_problems_end(struct server *server, struct store_reader *reader, int64_t device,
		       gh_slice serial)
{
	struct store_kept_counts left;
	uint64_t times[OF_KEPT], any = 0;

	/* Before the store is read: what is stored after that is followed by its problem. */
	for (size_t i = 0; i < OF_KEPT; i++) {
		times[i] = problem_times(server, of_kept[i].kind, serial);
		any |= times[i];
	}
	if (any == 0 || server->db.ops->kept_counts(reader, device, &left))
		return;
	for (size_t i = 0; i < OF_KEPT; i++)
		if (times[i] && (of_kept[i].upload ? left.uploads : left.quarantined) == 0)
			problem_clear_unless_again(server, of_kept[i].kind, serial, times[i]);
}
