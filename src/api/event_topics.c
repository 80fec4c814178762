#include "api/event_topics.h"

#include "api/state_watch.h"

/* Whether it has what is about doors. */
static bool topic_has_doors(gh_slice word)
{
	static const char *const topics[] = { "door", "access", "command", "plan" };

	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		if (gh_slice_eq(word, gh_slice_of(topics[i])))
			return true;
	return false;
}

/* False: there is no such topic. */
static bool topic_add(gh_slice word, unsigned *streams, unsigned *states)
{
	for (enum store_stream s = 0; s < STORE_STREAMS; s++) {
		if (!gh_slice_eq(word, gh_slice_of(store_stream_name(s))))
			continue;
		*streams |= 1U << s;
		return true;
	}
	for (enum state_topic t = 0; t < STATE_TOPICS; t++) {
		if (!gh_slice_eq(word, gh_slice_of(state_topic_name(t))))
			continue;
		*states |= 1U << t;
		return true;
	}
	return false;
}

bool event_topics_read(struct call *c, unsigned *streams, unsigned *states)
{
	const struct param_value *topics = call_param(c, PARAM_topics);
	gh_slice rest = topics->s, word;
	bool more = topics->present;

	*streams = topics->present ? 0 : 1U << STREAM_PUNCH;
	*states = 0;
	while (more) {
		more = gh_slice_cut(rest, ',', &word, &rest);
		/* Events are made once, for all streams. */
		if (c->doors.n && topic_has_doors(word)) {
			call_fail_doors(c, "GET /api/doors, /api/access-events and "
					   "/api/commands have them");
			return false;
		}
		if (topic_add(word, streams, states))
			continue;
		call_fail_param(
			c, PARAM_topics,
			"must be some of punch, access, door, device, problem, contact, "
			"command, plan and enrolment, parted by commas");
		return false;
	}
	return true;
}
