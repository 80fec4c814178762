/* What a device sent of a range of its log since it was queried: each row once, however often it came. Rows that are
 * the same count as often as they are in one upload: so often the log has them. */
#include <glib.h>
#include <limits.h>
#include <stdlib.h>

#include "core/comparisons_private.h"
#include "model/punch.h"

#define SEEN_MOST 2000000 /* rows; further ones do not count */
#define MODERN_DAY ((int)(COMPARISON_MODERN / 1000000))

struct device_seen {
	ghi_civil from, to; /* what is queried ... */
	ghi_civil early_to; /* and what was before: up to this */
	int64_t unplaced;
	GHashTable *rows; /* hashes of them */
	GHashTable *days; /* how many there are of each day */
};

static void seen_free(struct device_seen *s)
{
	if (s == NULL)
		return;
	g_hash_table_destroy(s->rows);
	g_hash_table_destroy(s->days);
	free(s);
}

static struct device_seen *seen_exchange(struct device *d, struct device_seen *s)
{
	struct device_seen *old;

	pthread_mutex_lock(&d->lock);
	old = d->compare_seen;
	d->compare_seen = s;
	pthread_mutex_unlock(&d->lock);
	return old;
}

void device_comparison_queried(struct device *d, ghi_civil from, ghi_civil to, bool besides)
{
	struct device_seen *s;

	pthread_mutex_lock(&d->lock);
	s = besides ? d->compare_seen : NULL;
	if (s) {
		s->early_to = s->to;
		s->from = from;
		s->to = to;
	}
	pthread_mutex_unlock(&d->lock);
	if (s)
		return;
	s = calloc(1, sizeof(*s));
	if (s) {
		s->from = from;
		s->to = to;
		s->rows = g_hash_table_new(g_direct_hash, g_direct_equal);
		s->days = g_hash_table_new(g_direct_hash, g_direct_equal);
	}
	seen_free(seen_exchange(d, s));
}

void device_comparison_unsee(struct device *d)
{
	seen_free(seen_exchange(d, NULL));
}

static int civil_day_of(ghi_civil t)
{
	return (int)(t / 1000000);
}

static int64_t rows_sum(const struct device_seen *s, int first_day, int last_day)
{
	GHashTableIter i;
	gpointer day, rows;
	int64_t n = 0;

	g_hash_table_iter_init(&i, s->days);
	while (g_hash_table_iter_next(&i, &day, &rows))
		if (GPOINTER_TO_INT(day) >= first_day && GPOINTER_TO_INT(day) <= last_day)
			n += GPOINTER_TO_INT(rows);
	return n;
}

/* Of 2010 or later; INT_MAX: none came. */
static int earliest_day(const struct device_seen *s)
{
	GHashTableIter i;
	gpointer day;
	int first = INT_MAX;

	g_hash_table_iter_init(&i, s->days);
	while (g_hash_table_iter_next(&i, &day, NULL))
		if (GPOINTER_TO_INT(day) >= MODERN_DAY && GPOINTER_TO_INT(day) < first)
			first = GPOINTER_TO_INT(day);
	return first;
}

struct comparison_seen device_comparison_seen(struct device *d, ghi_civil first_to)
{
	struct comparison_seen sum = { .first_to = GHI_CIVIL_NONE };

	pthread_mutex_lock(&d->lock);
	const struct device_seen *s = d->compare_seen;
	int first = s ? earliest_day(s) : INT_MAX;

	if (s) {
		sum.from = s->from;
		sum.to = s->to;
		sum.rows = rows_sum(s, civil_day_of(s->from), civil_day_of(s->to));
		sum.unplaced = s->unplaced;
		sum.first_seen = rows_sum(s, civil_day_of(first_to), civil_day_of(first_to));
	}
	if (first < INT_MAX) {
		sum.first_rows = rows_sum(s, first, first);
		sum.first_to = (ghi_civil)first * 1000000 + 235959;
	}
	pthread_mutex_unlock(&d->lock);
	return sum;
}

static uint64_t hash_mix(uint64_t h, uint64_t with)
{
	h = (h ^ with) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/* Of its natural key. */
static uint64_t seen_hash(const struct punch *p)
{
	uint64_t h = hash_mix(device_text_hash(p->pin), (uint64_t)p->time);

	h = hash_mix(h, (uint32_t)p->status);
	h = hash_mix(h, (uint32_t)p->verify);
	return hash_mix(h, device_text_hash(p->work_code));
}

static bool seen_has(const struct device_seen *s, ghi_civil t)
{
	return t <= s->early_to || (t >= s->from && t <= s->to);
}

/* True: it is a new one. The lock is held. */
static bool seen_row_note(struct device_seen *s, uint64_t hash)
{
	return g_hash_table_size(s->rows) < SEEN_MOST &&
	       g_hash_table_add(s->rows, GSIZE_TO_POINTER((gsize)hash));
}

static void seen_note_at(struct device_seen *s, uint64_t hash, ghi_civil t)
{
	gpointer day = GINT_TO_POINTER(civil_day_of(t));

	if (seen_row_note(s, hash))
		g_hash_table_insert(
			s->days, day,
			GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(s->days, day)) +
					1));
}

struct seen_row {
	uint64_t hash;
	ghi_civil time;
};

static int seen_order(const void *a, const void *b)
{
	const struct seen_row *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

static void seen_note_all(struct device_seen *s, struct seen_row *row, size_t n)
{
	uint64_t nth = 0;

	qsort(row, n, sizeof(*row), seen_order);
	for (size_t i = 0; i < n; i++) {
		nth = i && row[i].hash == row[i - 1].hash ? nth + 1 : 0;
		seen_note_at(s, nth ? hash_mix(row[i].hash, nth) : row[i].hash, row[i].time);
	}
}

void device_comparison_see(struct device *d, const struct punch *p, size_t n)
{
	struct seen_row *row;
	size_t k = 0;

	if (!atomic_load(&d->comparing) || n == 0)
		return;
	pthread_mutex_lock(&d->lock);
	struct device_seen *s = d->compare_seen;

	row = s ? malloc(n * sizeof(*row)) : NULL;
	for (size_t i = 0; row && i < n; i++)
		if (seen_has(s, p[i].time))
			row[k++] = (struct seen_row){ seen_hash(&p[i]), p[i].time };
	if (row)
		seen_note_all(s, row, k);
	pthread_mutex_unlock(&d->lock);
	free(row);
}

/* The time is in the second column. */
static bool line_time(gh_slice line, ghi_civil *t)
{
	gh_slice pin, rest;

	if (!gh_slice_cut(line, '\t', &pin, &rest))
		return false;
	(void)gh_slice_cut(rest, '\t', &pin, &rest);
	return ghi_civil_parse(gh_slice_trim(pin), t) == GH_OK && ghi_civil_valid(*t);
}

void device_comparison_see_line(struct device *d, gh_slice line)
{
	ghi_civil t;

	if (!atomic_load(&d->comparing))
		return;
	pthread_mutex_lock(&d->lock);
	struct device_seen *s = d->compare_seen;
	bool placed = line_time(line, &t);

	if (s && placed && seen_has(s, t))
		seen_note_at(s, device_text_hash(line), t);
	else if (s && !placed && seen_row_note(s, device_text_hash(line)))
		s->unplaced++;
	pthread_mutex_unlock(&d->lock);
}
