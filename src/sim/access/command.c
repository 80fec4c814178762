#include "sim/access/command.h"

#include "base/number.h"
#include "sim/access/subs.h"
#include "wire/access/command.h"
#include "wire/push/answer.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *words;
	unit_command_fn *run;
} commands[] = {
#define UNIT_COMMAND(words, function) { words, unit_command_##function },
#include "sim/access/command.def"
#undef UNIT_COMMAND
};

gh_slice unit_pair(gh_slice pairs, const char *name)
{
	while (pairs.n) {
		gh_slice pair, key, value;

		gh_slice_cut(pairs, '\t', &pair, &pairs);
		if (gh_slice_cut(pair, '=', &key, &value) &&
		    gh_slice_ieq(gh_slice_trim(key), gh_slice_of(name)))
			return gh_slice_trim(value);
	}
	return (gh_slice){ 0 };
}

/* --- answers --- */

static void result_line_put(struct ghi_writer *w, const struct unit *u,
			    const struct unit_command *c, gh_slice id, int64_t code,
			    const char *more, bool small)
{
	bool short_form = u->persona->quirk & ACC_RESULT_SHORT;
	bool data = !strncmp(c->words, "DATA", 4);

	ghi_put(w, small ? GH_LIT("id=") : GH_LIT("ID="));
	ghi_put(w, id);
	ghi_put(w, short_form || small ? GH_LIT("&return=") : GH_LIT("&Return="));
	ghi_put_signed(w, code);
	ghi_put(w, small ? GH_LIT("&cmd=") : GH_LIT("&CMD="));
	ghi_put(w, short_form && data ? GH_LIT("DATA") : gh_slice_of(c->words));
	if (c->sub.n) {
		ghi_put(w, GH_LIT("&SN="));
		ghi_put(w, c->sub);
	}
	ghi_put(w, gh_slice_of(more));
}

static void result_add(struct unit *u, const struct unit_command *c, gh_slice id, int64_t code,
		       const char *more)
{
	char line[512];
	struct ghi_writer w = ghi_writer_on(line, sizeof(line));
	bool small = unit_fault(u, ACC_FAULT_RESULT_CASE, sim_next(&u->prng));

	result_line_put(&w, u, c, id, code, more, small);
	if (w.err == GH_OK && acc_outbox_result(&u->outbox, ghi_written(&w), u->sending))
		u->statistics->results++;
}

void unit_answer(struct unit *u, const struct unit_command *c, int64_t code, const char *more)
{
	const uint64_t which = sim_next(&u->prng);
	char wrong[24];

	u->statistics->commands_failed += code < 0 && code != UNIT_DEFERRED;
	if (unit_fault(u, ACC_FAULT_RESULT_NEVER, which))
		return;
	if (unit_fault(u, ACC_FAULT_RESULT_ID, which)) {
		snprintf(wrong, sizeof(wrong), "%u", 2000000000 + (unsigned)(which % 1000000));
		result_add(u, c, gh_slice_of(wrong), code, "");
	}
	if (unit_fault(u, ACC_FAULT_DEFERRED, which)) {
		result_add(u, c, c->id, UNIT_DEFERRED, "");
		result_add(u, c, c->id, UNIT_DEFERRED, "");
	}
	result_add(u, c, c->id, code, more);
}

/* --- packets --- */

/* The bytes of the records that fit into one packet; at least one record. */
static gh_slice packet_cut(gh_slice *lines, size_t limit, uint32_t *records)
{
	size_t n = 0;

	*records = 0;
	while (n < lines->n) {
		const uint8_t *end = memchr(lines->p + n, '\n', lines->n - n);
		size_t next = end ? (size_t)(end - lines->p) + 1 : lines->n;

		if (*records && next > limit)
			break;
		n = next;
		(*records)++;
	}
	gh_slice packet = { lines->p, n };

	*lines = gh_slice_from(*lines, n);
	return packet;
}

void unit_packets(struct unit *u, const struct unit_command *c, const char *type,
		  const char *table, gh_slice lines, uint32_t records)
{
	uint32_t packets = 0, index = 0, n;
	gh_slice rest = lines;
	char query[256];
	char more[8] = "";

	while (rest.n) {
		packet_cut(&rest, u->persona->package, &n);
		packets++;
	}
	while (lines.n) {
		gh_slice packet = packet_cut(&lines, u->persona->package, &n);
		const uint64_t which = sim_next(&u->prng);
		struct acc_post *p;

		while (packet.n && packet.p[packet.n - 1] == '\n')
			packet.n--;
		snprintf(query, sizeof(query),
			 "&type=%s&cmdid=%.*s&tablename=%s&count=%u&packcnt=%u&packidx=%u",
			 type, GH_FMT(c->id), table, n, packets, ++index);
		for (int copies = unit_fault(u, ACC_FAULT_PACKET_AGAIN, which) ? 2 : 1; copies;
		     copies--) {
			p = acc_outbox_add(&u->outbox, ACC_POST_PACKET, "querydata", query,
					   packet);
			if (p == NULL)
				return;
			snprintf(p->expect, sizeof(p->expect), "%s", table);
			p->count = n;
			p->lose = copies == 1 && (unit_fault(u, ACC_FAULT_PACKET_LOST, which) ||
						  unit_fault(u, ACC_FAULT_PACKET_ORDER, which));
		}
	}
	unit_answer(u, c, records, more);
}

/* --- the queue --- */

/* A unit without sub-controllers refuses commands for others; a main controller has those for its
 * sub-controllers carried out there later, after it has taken them. */
static void command_run(struct unit *u, struct unit_command *c, gh_slice unit,
			unit_command_fn *run)
{
	struct acc_sub *sub;

	if (unit.n == 0 || gh_slice_eq(unit, gh_slice_of(u->sn))) {
		run(u, c);
		return;
	}
	sub = acc_sub_named(u, unit);
	if (sub == NULL) {
		unit_answer(u, c, UNIT_FORMAT, "");
		return;
	}
	result_add(u, c, c->id, UNIT_DEFERRED, "");
	c->sub = unit;
	if (sub->step != GHI_SUB_AUTHORISED) {
		unit_answer(u, c, UNIT_NOT_SENT, "");
		return;
	}
	acc_sub_exchange(sub);
	run(u, c);
	acc_sub_exchange(sub);
}

/* On request: by the words of its row, where it is one. */
static void command_answer_so(struct unit *u, struct unit_command *c, gh_slice text)
{
	c->words = "DATA";
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (gh_slice_istarts(text, gh_slice_of(commands[i].words)))
			c->words = commands[i].words;
	unit_answer(u, c, u->plan->refusal, "");
}

static void command_carry_out(struct unit *u, const struct ghi_access_command *g)
{
	struct unit_command c = { .id = g->id };
	gh_slice text = gh_slice_trim(g->text);
	char words[32];
	gh_slice word, rest;

	/* An inBio never answers id 0. */
	if (gh_slice_eq(g->id, GH_LIT("0")))
		return;
	u->statistics->commands++;
	if (u->plan->refused && gh_slice_istarts(text, gh_slice_of(u->plan->refused))) {
		command_answer_so(u, &c, text);
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		gh_slice prefix = gh_slice_of(commands[i].words);

		if (!gh_slice_istarts(text, prefix) ||
		    (text.n > prefix.n && text.p[prefix.n] != ' '))
			continue;
		c.words = commands[i].words;
		c.args = gh_slice_trim(gh_slice_from(text, prefix.n));
		command_run(u, &c, g->unit, commands[i].run);
		return;
	}
	gh_slice_cut(text, ' ', &word, &rest);
	snprintf(words, sizeof(words), "%.*s", GH_FMT(word));
	c.words = words;
	unit_answer(u, &c, UNIT_NO_COMMAND, "");
}

void unit_commands_follow(struct unit *u)
{
	while (u->commands && u->done < u->commands->len && u->outbox.posts.length == 0 &&
	       !u->fetch.active && !u->reboot) {
		gh_slice all = { u->commands->data + u->done, u->commands->len - u->done };
		gh_slice in = all;
		struct ghi_access_command c;
		enum gh_err err = ghi_access_command_next(&in, &c);

		u->done = u->persona->quirk & ACC_ONE_COMMAND && err == GH_OK
				  ? u->commands->len
				  : u->commands->len - in.n;
		if (err == GH_OK)
			command_carry_out(u, &c);
		else if (err == GH_ENOTFOUND)
			u->done = u->commands->len;
	}
}
