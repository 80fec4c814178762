/* gatehouse command send --file: an order for each record of a file, which is NDJSON or CSV. */
#include <glib.h>
#include <string.h>

#include "app/api_client/command.h"
#include "app/api_client/person.h"
#include "app/message.h"
#include "base/csv_read.h"

enum { RECORDS_MOST = 10000 }; /* of a request */

struct record_file {
	struct cmd *c;
	json_t *document; /* the server's */
	json_t *orders;	  /* without their device */
	GPtrArray *names; /* of CSV */
	size_t line;
};

/* "name=value" of a member that is no object; NULL: it is one. g_free() it. */
static char *member_pair(const char *name, json_t *value)
{
	char *text = json_is_string(value) ? g_strdup(json_string_value(value)) : NULL, *pair;

	if (text == NULL && (json_is_object(value) || json_is_array(value)))
		return NULL;
	if (text == NULL)
		text = json_dumps(value, JSON_ENCODE_ANY);
	pair = g_strconcat(name, "=", text, NULL);
	g_free(text);
	return pair;
}

static int record_add(struct record_file *f, GPtrArray *pairs, json_t *more)
{
	struct cmd *c = f->c;
	json_t *order = NULL;
	int end = cmd_pairs_typed(c, f->document, (char *const *)pairs->pdata, pairs->len,
				  c->opt[CMD_type], &order);

	if (end) {
		message_print("%s:%zu: nothing was sent", c->opt[CMD_file], f->line);
		return end;
	}
	json_object_update(order, more);
	json_object_set_new(order, "type", json_string(c->opt[CMD_type]));
	if (c->opt[CMD_ttl])
		json_object_set_new(order, "ttl",
				    json_integer(g_ascii_strtoll(c->opt[CMD_ttl], NULL, 10)));
	json_array_append_new(f->orders, order);
	return CMD_OK;
}

static int record_of_json(struct record_file *f, gh_slice line)
{
	json_error_t bad;
	json_t *record = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, &bad),
	       *more = json_object(), *value;
	GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);
	const char *name;
	int end = json_is_object(record) ? CMD_OK : CMD_FAILED;

	if (end)
		message_print("%s:%zu: %s", f->c->opt[CMD_file], f->line,
			      record ? "is no object" : bad.text);
	json_object_foreach(record, name, value)
	{
		char *pair = json_is_null(value) ? NULL : member_pair(name, value);

		if (pair)
			g_ptr_array_add(pairs, pair);
		else if (!json_is_null(value))
			json_object_set(more, name, value);
	}
	if (end == CMD_OK)
		end = record_add(f, pairs, more);
	g_ptr_array_free(pairs, TRUE);
	json_decref(more);
	json_decref(record);
	return end;
}

/* The first one has the names of fields. An empty cell leaves its field out. */
static int record_of_csv(struct record_file *f, gh_slice line)
{
	GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
	struct ghi_csv_fields r = { .rest = line,
				    .separator = ',',
				    .to = g_malloc(line.n + 1) };
	uint8_t *room = r.to;
	bool head = f->names->len == 0;
	int end = CMD_OK;
	gh_slice cell;

	for (guint i = 0; ghi_csv_field_next(&r, &cell); i++) {
		char *text = g_strndup((const char *)cell.p, cell.n);

		if (head)
			g_ptr_array_add(f->names, g_strdup(g_strstrip(text)));
		else if (i < f->names->len && cell.n)
			g_ptr_array_add(cells, g_strconcat(g_ptr_array_index(f->names, i), "=",
							   text, NULL));
		else if (i >= f->names->len) {
			message_print("%s:%zu: has more cells than the first line",
				      f->c->opt[CMD_file], f->line);
			end = CMD_FAILED;
		}
		g_free(text);
	}
	if (end == CMD_OK && !head)
		end = record_add(f, cells, NULL);
	g_free(room);
	g_ptr_array_free(cells, TRUE);
	return end;
}

static int records_read(struct record_file *f, gh_slice rest)
{
	bool json = rest.n && rest.p[0] == '{';
	int end = CMD_OK;

	while (rest.n && end == CMD_OK) {
		gh_slice line = rest, trimmed;
		size_t n = json ? 0 : ghi_csv_record_length(rest, true);

		if (json)
			gh_slice_cut(rest, '\n', &line, &rest);
		else {
			line.n = n;
			rest = gh_slice_from(rest, n);
		}
		f->line++;
		while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
			line.n--;
		trimmed = gh_slice_trim(line);
		if (trimmed.n == 0)
			continue;
		end = json ? record_of_json(f, trimmed) : record_of_csv(f, line);
	}
	if (end == CMD_OK && json_array_size(f->orders) > RECORDS_MOST) {
		message_print("%s: has more than %d records", f->c->opt[CMD_file],
			      RECORDS_MOST);
		end = CMD_FAILED;
	}
	return end;
}

/* A mark of UTF-8 at the beginning is none of it. */
static int record_file_read(struct record_file *f)
{
	GError *bad = NULL;
	gchar *text = NULL;
	gsize n = 0;
	gh_slice rest;
	int end;

	if (!g_file_get_contents(f->c->opt[CMD_file], &text, &n, &bad)) {
		message_print("%s", bad->message);
		g_error_free(bad);
		return CMD_FAILED;
	}
	rest = (gh_slice){ (const uint8_t *)text, n };
	if (gh_slice_starts(rest, GH_LIT("\xef\xbb\xbf")))
		rest = gh_slice_from(rest, 3);
	end = client_call(&f->c->client, "GET", "/api/openapi.json", NULL, false, &f->document);
	if (end == CMD_OK)
		end = records_read(f, rest);
	g_free(text);
	return end;
}

/* Those of one device are one request. */
static int records_send(struct record_file *f, const char *sn)
{
	struct cmd *c = f->c;
	json_t *orders = json_array(), *order, *reply = NULL;
	size_t i;
	int end;

	json_array_foreach(f->orders, i, order)
	{
		json_t *one = json_copy(order);

		json_object_set_new(one, "deviceSerial", json_string(sn));
		json_array_append_new(orders, one);
	}
	end = client_call(&c->client, "POST", "/api/commands?whole=1", orders,
			  c->json && !c->opt[CMD_wait], &reply);
	if (end == CMD_OK)
		end = person_orders_end(c, orders, json_object_get(reply, "data"));
	else
		message_print("%s: none of the %zu records was sent; [0] is the first", sn,
			      json_array_size(orders));
	json_decref(reply);
	json_decref(orders);
	return end;
}

static int records_send_all(struct record_file *f)
{
	struct selection s;
	int worst = selection_read(f->c, f->c->argc ? 1 : 0, &s);
	json_t *row;
	size_t i;

	if (worst)
		return worst;
	if (s.chosen &&
	    !selection_confirm(f->c, &s, "This sends the records to each of these devices."))
		worst = CMD_USAGE;
	if (worst == CMD_OK)
		json_array_foreach(s.rows, i, row)
		{
			int end =
				records_send(f, json_string_value(json_object_get(row, "sn")));

			worst = end > worst ? end : worst;
			if (worst > CMD_FAILED)
				break;
		}
	selection_clear(&s);
	return worst;
}

int command_send_file(struct cmd *c)
{
	struct record_file f = { .c = c };
	int end = CMD_USAGE;

	if (c->opt[CMD_type] == NULL || c->argc > 1) {
		message_print("command send: --file takes --type, and one device or a "
			      "selection; the fields are in the file");
		return CMD_USAGE;
	}
	f.orders = json_array();
	f.names = g_ptr_array_new_with_free_func(g_free);
	end = record_file_read(&f);
	if (end == CMD_OK)
		end = records_send_all(&f);
	json_decref(f.orders);
	json_decref(f.document);
	g_ptr_array_free(f.names, TRUE);
	return end;
}
