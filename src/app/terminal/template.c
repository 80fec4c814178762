/* gatehouse terminal HOST template …, photo, face list */
#include <glib.h>

#include "app/message.h"
#include "app/terminal/terminal.h"

enum { TEMPLATE_MAX = 65529 };

static int template_finger(const char *text, unsigned *out)
{
	uint64_t n;

	if (terminal_number(text, "a finger", GH_FINGERS - 1, &n))
		return TERMINAL_USAGE;
	*out = (unsigned)n;
	return TERMINAL_OK;
}

static int pin_and_finger(struct terminal *c, unsigned *out)
{
	int end = terminal_pin(c->argv[0]);

	return end ? end : template_finger(c->argv[1], out);
}

static int template_has_output(struct terminal *c)
{
	if (c->opt[TERMINAL_output] && *c->opt[TERMINAL_output])
		return TERMINAL_OK;
	return terminal_misuse("%s: where to? --output FILE, or - for standard output",
			       c->verb->words);
}

/* --- list --- */

struct list {
	struct out *to;
	uint64_t rows;
};

static bool template_put(void *context, const struct gh_template *t)
{
	struct list *l = context;
	const char *known = t->flag == GH_TEMPLATE_DURESS    ? "duress"
			    : t->flag == GH_TEMPLATE_INVALID ? "invalid"
			    : t->flag == GH_TEMPLATE_VALID   ? ""
							     : NULL;
	const struct out_value values[] = {
		*t->pin ? out_text(t->pin) : (struct out_value){ 0 },
		out_number(t->finger),
		out_number(t->size),
		out_number(t->uid),
		out_named(t->flag, known),
	};

	l->rows++;
	return out_row(l->to, values);
}

int terminal_template_list(struct terminal *c)
{
	static const struct out_column columns[] = {
		{ "pin", "PIN", CELL_ID },
		{ "finger", "FINGER", CELL_ID },
		{ "size", "SIZE", CELL_ID | CELL_DROP(2) },
		{ "uid", "UID", CELL_ID | CELL_DROP(1) },
		{ "flag", "FLAG", CELL_TEXT | CELL_DROP(3) },
		{ 0 },
	};
	struct list l = { 0 };
	int end = terminal_open(c);

	if (end)
		return end;
	l.to = terminal_out(c, columns, 0);
	if (terminal_each_template(c, template_put, &l))
		end = terminal_broke_off(c, l.rows);
	terminal_progress_end(c);
	return terminal_out_end(l.to, end);
}

/* --- one finger --- */

int terminal_template_get(struct terminal *c)
{
	struct gh_template t;
	unsigned f;
	int end = pin_and_finger(c, &f);

	if (!end)
		end = template_has_output(c);
	if (!end)
		end = terminal_open(c);
	if (end)
		return end;
	if (gh_terminal_template_get(c->device, c->argv[0], f, &t))
		return terminal_failed(c);
	return terminal_save(c, t.data, t.size);
}

int terminal_template_set(struct terminal *c)
{
	struct gh_template t = { .flag = GH_TEMPLATE_VALID };
	char *data = NULL;
	gsize size = 0;
	GError *error = NULL;
	unsigned f = 0;
	int end = pin_and_finger(c, &f);

	if (!end && !g_file_get_contents(c->argv[2], &data, &size, &error)) {
		message_print("%s", error->message);
		end = TERMINAL_REFUSED;
		g_error_free(error);
	}
	if (!end && (size == 0 || size > TEMPLATE_MAX))
		end = terminal_misuse("%s: %zu bytes; a template has 1 to %d", c->argv[2],
				      (size_t)size, TEMPLATE_MAX);
	if (!end)
		end = terminal_open(c);
	if (!end) {
		memcpy(t.pin, c->argv[0], strlen(c->argv[0]));
		t.finger = (uint8_t)f;
		t.size = (uint16_t)size;
		t.data = (const uint8_t *)data;
		if (gh_terminal_template_set(c->device, &t))
			end = terminal_failed(c);
		else
			terminal_done(c, "%s: finger %u stored", t.pin, f);
	}
	g_free(data);
	return end;
}

int terminal_template_delete(struct terminal *c)
{
	unsigned f;
	int end = pin_and_finger(c, &f);

	if (!end)
		end = terminal_open(c);
	if (end)
		return end;
	if (gh_terminal_template_delete(c->device, c->argv[0], f))
		return terminal_failed(c);
	terminal_done(c, "%s: finger %u deleted", c->argv[0], f);
	return TERMINAL_OK;
}

static bool template_step_report(void *context, const struct gh_event *e)
{
	(void)context;
	if (e->type == GH_EVENT_FINGER)
		fprintf(stderr, "a finger touches the sensor\n");
	else if (e->type == GH_EVENT_FINGER_SCORE && e->decoded)
		fprintf(stderr, e->score >= 100 ? "a good scan; once more\n"
						: "a bad scan; once more\n");
	return true;
}

int terminal_template_enroll(struct terminal *c)
{
	unsigned f;
	enum gh_err err;
	int end = pin_and_finger(c, &f);

	if (!end)
		end = terminal_open(c);
	if (end)
		return end;
	fprintf(stderr, "Put the same finger on the device three times.\n");
	err = gh_terminal_enroll(c->device, c->argv[0], f, template_step_report, NULL);
	/* It is the user who did not come, not the answer. */
	if (err == GH_ETIMEOUT && gh_terminal_is_connected(c->device)) {
		message_print("%s: %s", c->address, gh_terminal_error(c->device)->text);
		return TERMINAL_REFUSED;
	}
	if (err)
		return terminal_failed(c);
	terminal_done(c, "%s: finger %u enrolled", c->argv[0], f);
	return TERMINAL_OK;
}

/* --- pictures and faces --- */

int terminal_photo(struct terminal *c)
{
	const uint8_t *data;
	size_t size;
	int end = terminal_pin(c->argv[0]);

	if (!end)
		end = template_has_output(c);
	if (!end)
		end = terminal_open(c);
	if (end)
		return end;
	if (gh_terminal_photo(c->device, c->argv[0], &data, &size))
		return terminal_failed(c);
	return terminal_save(c, data, size);
}

int terminal_face_list(struct terminal *c)
{
	static const struct out_column columns[] = {
		{ "pin", "PIN", CELL_ID },
		{ "uid", "UID", CELL_ID | CELL_DROP(1) },
		{ "size", "SIZE", CELL_ID | CELL_DROP(2) },
		{ 0 },
	};
	struct gh_terminal_faces *it;
	struct gh_face f;
	struct out *o;
	uint64_t rows = 0;
	bool room = true;
	enum gh_err err;
	int end = terminal_open(c);

	if (end)
		return end;
	if (gh_terminal_faces_open(c->device, &it))
		return terminal_failed(c);
	o = terminal_out(c, columns, 0);
	while (room && (err = gh_terminal_faces_next(it, &f)) == GH_OK) {
		room = out_row(o,
			       (const struct out_value[]){ out_text(f.pin), out_number(f.uid),
							   out_number(f.size) });
		rows++;
		terminal_progress(c, "reading the faces");
	}
	terminal_progress_end(c);
	end = !room || err == GH_EEND ? TERMINAL_OK : terminal_broke_off(c, rows);
	gh_terminal_faces_close(it);
	return terminal_out_end(o, end);
}
