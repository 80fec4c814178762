#include "sim/terminal/statistics.h"

#include "sim/report.h"
#include "wire/terminal/code.h"

void term_statistics_open(struct term_statistics *a)
{
	*a = (struct term_statistics){ .requests = g_hash_table_new(NULL, NULL) };
}

void term_statistics_close(struct term_statistics *a)
{
	g_hash_table_destroy(a->requests);
}

void term_statistics_count_request(struct term_statistics *a, uint16_t command)
{
	gpointer key = GUINT_TO_POINTER(command);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(a->requests, key));

	a->packets_in++;
	g_hash_table_insert(a->requests, key, GUINT_TO_POINTER(n + 1));
}

static gint statistics_codes_compare(gconstpointer a, gconstpointer b)
{
	return (gint)GPOINTER_TO_UINT(a) - (gint)GPOINTER_TO_UINT(b);
}

static void statistics_report_requests(const struct term_statistics *a, struct json *j)
{
	GList *codes =
		g_list_sort(g_hash_table_get_keys(a->requests), statistics_codes_compare);

	json_key(j, "requestsByCommand");
	json_object(j);
	for (GList *at = codes; at; at = at->next) {
		uint16_t code = (uint16_t)GPOINTER_TO_UINT(at->data);
		const char *name = ghi_terminal_command_name(code);
		char number[8];

		g_snprintf(number, sizeof(number), "%u", (unsigned)code);
		sim_report_count(j, name ? name : number,
				 GPOINTER_TO_UINT(g_hash_table_lookup(a->requests, at->data)));
	}
	json_object_end(j);
	g_list_free(codes);
}

void term_statistics_report(const struct term_statistics *a, const struct term_plan *plan,
			    struct json *j)
{
	const struct sim_count counts[] = {
		{ "seed", plan->seed },
		{ "devices", plan->devices },
		{ "connections", a->connections },
		{ "requests", a->packets_in },
		{ "packets", a->packets },
		{ "bytes", a->bytes },
		{ "tables", a->tables },
		{ "punches", a->punches },
		{ "events", a->events },
		{ "eventsAcknowledged", a->event_acks },
		{ "unauthorised", a->unauthorised },
		{ "refused", a->refused },
		{ "repeated", a->repeats },
		{ "badChecksums", a->bad_checksums },
	};

	sim_report_counts(j, counts, sizeof(counts) / sizeof(counts[0]));
	statistics_report_requests(a, j);
	sim_report_faults(j, term_fault_word, plan->faults.permille, a->faults, TERM_FAULTS);
}
