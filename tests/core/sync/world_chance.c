/* What is chosen by chance: the device, what it is to hold, what it holds, and orders of others. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire/attendance/command.h"

static const char *const data_text[] = { "QUJDRA==", "RUZHSElK", "S0xNTg==" };
static const char *const pin_text[] = { "1", "2", "30", "31", "7x" };
static const char *const name_text[] = { "Ann", "Bob", "" };
#define CHOICE(w, list) ((list)[sim_below(&(w)->chance, sizeof(list) / sizeof((list)[0]))])

void world_device_choose(struct world *w)
{
	struct device_bio *b = &w->device.bio;

	*b = device_bio_unknown();
	device_bio_option_see(b, GH_LIT("FPVersion"), GH_LIT("10"));
	device_bio_option_see(b, GH_LIT("FaceVersion"), GH_LIT("12"));
	device_bio_option_see(b, GH_LIT("FvVersion"), GH_LIT("3"));
	device_bio_option_see(b, GH_LIT("MultiBioVersion"), GH_LIT("0:10:12:0:0:0:0:3:5:40"));
	if (sim_chance(&w->chance, 500))
		device_bio_option_see(b, GH_LIT("MultiBioDataSupport"),
				      sim_chance(&w->chance, 500)
					      ? GH_LIT("0:1:1:0:0:0:0:1:1:1")
					      : GH_LIT("0:0:0:0:0:0:0:0:1:1"));
	/* A terminal has people and fingerprints alone. */
	b->terminal = sim_chance(&w->chance, 200);
	w->device.work_codes = true;
	w->device.people_most = 0;
	if (sim_chance(&w->chance, 200)) {
		w->device.people_most = 3;
		b->data_most[1] = 3;
	}
}

static int64_t type_choose(struct world *w, int64_t *version)
{
	static const struct {
		int64_t type, version;
	} types[] = {
		{ 1, 10 }, { 1, 10 }, { 1, 13 }, { 2, 12 }, { 7, 3 }, { 8, 5 }, { 9, 40 }
	};
	size_t i = sim_below(&w->chance, sizeof(types) / sizeof(types[0]));

	*version = types[i].version;
	return types[i].type;
}

static void person_targets_choose(struct world *w, const char *pin)
{
	struct person *p = target_person(w, pin, CHOICE(w, name_text));
	size_t n = sim_below(&w->chance, 5);

	if (sim_chance(&w->chance, 300)) {
		p->privilege = 14;
		model_mark(p, PERSON_privilege);
	}
	if (sim_chance(&w->chance, 300)) {
		p->card = world_text(w, sim_chance(&w->chance, 500) ? "123" : "");
		model_mark(p, PERSON_card);
	}
	for (size_t i = 0; i < n; i++) {
		int64_t version, type = type_choose(w, &version);
		int64_t no = type == 2 ? 0 : (int64_t)sim_below(&w->chance, 3);
		int64_t parts =
			type == 2 || type == 7 ? 1 + (int64_t)sim_below(&w->chance, 3) : 1;

		for (int64_t part = 0; part < parts; part++)
			(void)target_template(w, pin, type, no, part, CHOICE(w, data_text),
					      version);
	}
	if (sim_chance(&w->chance, 300))
		(void)target_photo(w, pin, "user", 0, CHOICE(w, name_text));
	if (sim_chance(&w->chance, 300))
		(void)target_photo(w, pin, "comparison", 9, "face");
}

void world_targets_choose(struct world *w)
{
	w->targets = 0;
	for (size_t i = 0; i < sizeof(pin_text) / sizeof(pin_text[0]); i++)
		if (sim_chance(&w->chance, 700))
			person_targets_choose(w, pin_text[i]);
	for (int i = 0; i < 3; i++) {
		if (sim_chance(&w->chance, 500))
			continue;
		struct work_code *c = target_add(w, KIND_WORK_CODE);
		char code[8];

		snprintf(code, sizeof(code), "%d", i);
		c->code = world_text(w, code);
		c->name = world_text(w, CHOICE(w, name_text));
		c->present = UINT64_C(1) << WORK_CODE_code | UINT64_C(1) << WORK_CODE_name;
	}
	world_sort(w);
	/* Each once. */
	size_t n = 0;
	for (size_t i = 0; i < w->targets; i++)
		if (n == 0 || sync_item_order(&w->target[n - 1], &w->target[i], false) != 0)
			w->target[n++] = w->target[i];
	w->targets = n;
}

static void person_contents_choose(struct world *w, const char *pin, bool ours)
{
	char text[200];
	size_t n = sim_below(&w->chance, 6);

	snprintf(text, sizeof(text), "PIN=%s\tName=%s\tPri=%d\tGrp=1\tTZ=0000000100000000", pin,
		 CHOICE(w, name_text), sim_chance(&w->chance, 300) ? 14 : 0);
	there_put(w, "USERINFO", text, ours);
	for (size_t i = 0; i < n; i++) {
		static const char *const form[] = {
			"FINGERTMP PIN=%s\tFID=%d\tSize=8\tValid=1\tTMP=%s",
			"FINGERTMP PIN=%s\tFID=%d\tSize=8\tValid=1\tTMP=%s",
			"FACE PIN=%s\tFID=%d\tValid=1\tSize=8\tTMP=%s",
			"BIODATA "
			"Pin=%s\tNo=0\tIndex=%d\tValid=1\tDuress=0\tType=2\tMajorVer="
			"12\tMinorVer=0\tFormat=0\tTmp=%s",
			"BIODATA "
			"Pin=%s\tNo=%d\tIndex=0\tValid=1\tDuress=0\tType=1\tMajorVer="
			"10\tMinorVer=0\tFormat=0\tTmp=%s",
			"BIODATA "
			"Pin=%s\tNo=%d\tIndex=0\tValid=1\tDuress=0\tType=8\tMajorVer="
			"5\tMinorVer=0\tFormat=0\tTmp=%s",
			"FVEIN Pin=%s\tFID=1\tIndex=%d\tValid=1\tSize=8\tTmp=%s",
		};
		char *blank;

		snprintf(text, sizeof(text), w->device.bio.terminal ? form[0] : CHOICE(w, form),
			 pin, (int)sim_below(&w->chance, 3), CHOICE(w, data_text));
		blank = strchr(text, ' ');
		*blank = 0;
		there_put(w, text, blank + 1, ours && sim_chance(&w->chance, 800));
	}
	if (w->device.bio.terminal)
		return;
	if (sim_chance(&w->chance, 200)) {
		snprintf(text, sizeof(text), "PIN=%s\tSize=4\tContent=Qm9i", pin);
		there_put(w, "USERPIC", text, ours);
	}
	if (sim_chance(&w->chance, 200)) {
		snprintf(text, sizeof(text), "PIN=%s\tType=9\tSize=8\tContent=ZmFjZQ==", pin);
		there_put(w, "BIOPHOTO", text, ours);
	}
}

void world_contents_choose(struct world *w)
{
	for (size_t i = 0; i < sizeof(pin_text) / sizeof(pin_text[0]); i++)
		if (sim_chance(&w->chance, 600))
			person_contents_choose(w, pin_text[i], sim_chance(&w->chance, 600));
	if (!w->device.bio.terminal && sim_chance(&w->chance, 500))
		there_put(w, "WORKCODE", "PIN=4\tCODE=1\tNAME=Bob",
			  sim_chance(&w->chance, 500));
}

void world_wait_choose(struct world *w)
{
	static const struct {
		enum command_kind kind;
		const char *arguments, *pairs;
		enum table_id table;
	} orders[] = {
		{ COMMAND_KIND_DELETE_PERSON, "pin=2\n", "PIN=2", TABLE_USERINFO },
		{ COMMAND_KIND_DELETE_FINGERPRINT, "pin=30\n", "PIN=30", TABLE_FINGERTMP },
		{ COMMAND_KIND_UPDATE_PERSON, "pin=31\nname=Zed\n", "PIN=31", TABLE_USERINFO },
		{ COMMAND_KIND_UPDATE_PERSON, "pin=7x\nname=Yan\n", "PIN=7x", TABLE_USERINFO },
	};
	size_t i = sim_below(&w->chance, sizeof(orders) / sizeof(orders[0]));
	struct contents *u = &w->untouched;

	world_wait(w, orders[i].kind, orders[i].arguments, false, false);
	/* What belongs to a person is not touched where the person is written. */
	for (size_t at = 0; sim_contents_at(u, at); at++) {
		const struct contents_record *r = sim_contents_at(u, at);
		gh_slice pin;
		bool of = pair_get(r->pairs, "PIN", &pin) &&
			  gh_slice_eq(pin, gh_slice_from(gh_slice_of(orders[i].pairs), 4));

		if (!of || (orders[i].kind != COMMAND_KIND_DELETE_PERSON &&
			    r->table != orders[i].table))
			continue;
		g_free((void *)(uintptr_t)r->pairs.p);
		u->bytes -= r->pairs.n;
		g_array_remove_index(u->list, (guint)at--);
	}
}
