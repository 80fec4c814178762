/* Access rules and messages: a user's group and zones, and records that are given back as they
 * were written (terminal digest 6.3). */
#include "base/reader.h"
#include "sim/terminal/command.h"

enum { OP_ACCESS = 25, OP_USER_ACCESS = 26, TZ_DAYS = 7 };

/* The uid stands in four bytes here. */
static struct term_user *rule_user_of(struct term_link *l, struct ghi_reader *r)
{
	uint32_t uid = ghi_u32(r);

	return r->err || uid > UINT16_MAX ? NULL
					  : term_users_uid(&l->device->users, (uint16_t)uid);
}

void term_group_read(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_reader r = ghi_reader_on(f->data);
	struct term_user *u = rule_user_of(l, &r);

	if (u)
		term_answer(l, GH_ACK_OK, (gh_slice){ &u->record.group, 1 });
	else
		term_answer_error(l);
}

void term_group_write(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_reader r = ghi_reader_on(f->data);
	struct term_user *u = rule_user_of(l, &r);
	uint8_t group = ghi_u8(&r);

	if (u == NULL || r.err) {
		term_answer_error(l);
		return;
	}
	u->record.group = group;
	term_device_oplog(l->device, OP_USER_ACCESS, u->record.uid, 0);
	term_answer_ok(l);
}

void term_zones_read(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_reader r = ghi_reader_on(f->data);
	struct term_user *u = rule_user_of(l, &r);
	uint8_t b[8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	if (u == NULL) {
		term_answer_error(l);
		return;
	}
	ghi_put_u16(&w, u->record.own_zones);
	for (int i = 0; i < 3; i++)
		ghi_put_u16(&w, u->record.zones[i]);
	term_answer(l, GH_ACK_OK, ghi_written(&w));
}

void term_zones_write(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_reader r = ghi_reader_on(f->data);
	struct term_user *u = rule_user_of(l, &r);
	uint32_t own = ghi_u32(&r), zone[3];

	for (int i = 0; i < 3; i++)
		zone[i] = ghi_u32(&r);
	if (u == NULL || r.err) {
		term_answer_error(l);
		return;
	}
	u->record.own_zones = own != 0;
	for (int i = 0; i < 3; i++)
		u->record.zones[i] = (uint16_t)zone[i];
	term_device_oplog(l->device, OP_USER_ACCESS, u->record.uid, 0);
	term_answer_ok(l);
}

/* Cells: where the number of a record stands in what is written, and how long it is. */
static const struct cell {
	uint16_t read, write, delete;
	uint8_t at, n;
} cells[] = {
	{ GH_CMD_GRPTZ_RRQ, GH_CMD_GRPTZ_WRQ, 0, 0, 1 },
	{ GH_CMD_TZ_RRQ, GH_CMD_TZ_WRQ, 0, 0, 4 },
	{ GH_CMD_ULG_RRQ, GH_CMD_ULG_WRQ, 0, 0, 1 },
	{ GH_CMD_SMS_RRQ, GH_CMD_SMS_WRQ, GH_CMD_DELETE_SMS, 1, 2 },
	{ 0, GH_CMD_UDATA_WRQ, GH_CMD_DELETE_UDATA, 0, 4 },
};

/* The key of the record in a request, freed by the caller; NULL: too short. */
static char *rule_key_of(const struct ghi_terminal_frame *f, const struct cell **out)
{
	const struct cell *c = cells;
	size_t at;
	char *key;

	while (c->read != f->command && c->write != f->command && c->delete != f->command)
		c++;
	at = f->command == c->write ? c->at : 0;
	if (f->data.n < at + c->n)
		return NULL;
	key = g_strdup_printf("%u", (unsigned)c->write);
	for (size_t i = 0; i < c->n; i++) {
		char *longer = g_strdup_printf("%s:%02x", key, (unsigned)f->data.p[at + i]);

		g_free(key);
		key = longer;
	}
	*out = c;
	return key;
}

void term_cell_write(struct term_link *l, const struct ghi_terminal_frame *f)
{
	GHashTable *t = l->device->cells;
	const struct cell *c;
	char *key = rule_key_of(f, &c);

	if (key == NULL || f->data.n > 512 || g_hash_table_size(t) >= TERM_CELLS_MAX) {
		g_free(key);
		term_answer_error(l);
		return;
	}
	g_hash_table_insert(t, key, g_bytes_new(f->data.p, f->data.n));
	term_device_oplog(l->device, OP_ACCESS, 0, 0);
	term_answer_ok(l);
}

/* Round the clock, until something else is written. */
static void usual_zone(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint8_t b[2 + 4 * TZ_DAYS];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	ghi_put(&w, (gh_slice){ f->data.p, 2 });
	for (int i = 0; i < TZ_DAYS; i++)
		ghi_put(&w, (gh_slice){ (const uint8_t[]){ 0, 0, 23, 59 }, 4 });
	term_answer(l, GH_ACK_OK, ghi_written(&w));
}

/* A time zone's number is four bytes where it is written and two where it is read. */
static void rule_answer(struct term_link *l, const struct ghi_terminal_frame *f,
			gh_slice record)
{
	uint8_t b[512];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	if (f->command == GH_CMD_TZ_RRQ) {
		ghi_put(&w, (gh_slice){ record.p, 2 });
		record = gh_slice_from(record, 4);
	}
	ghi_put(&w, record);
	term_answer(l, GH_ACK_OK, ghi_written(&w));
}

void term_cell_read(struct term_link *l, const struct ghi_terminal_frame *f)
{
	const struct cell *c;
	char *key = rule_key_of(f, &c);
	GBytes *record = key ? g_hash_table_lookup(l->device->cells, key) : NULL;
	gsize n;

	if (record) {
		const uint8_t *p = g_bytes_get_data(record, &n);

		rule_answer(l, f, (gh_slice){ p, n });
	} else if (key && f->command == GH_CMD_TZ_RRQ) {
		usual_zone(l, f);
	} else {
		term_answer_error(l);
	}
	g_free(key);
}

void term_cell_delete(struct term_link *l, const struct ghi_terminal_frame *f)
{
	const struct cell *c;
	char *key = rule_key_of(f, &c);

	if (key && g_hash_table_remove(l->device->cells, key))
		term_answer_ok(l);
	else
		term_answer_error(l);
	g_free(key);
}

void term_cells_clear(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	g_hash_table_remove_all(l->device->cells);
	term_device_oplog(l->device, OP_ACCESS, 0, 0);
	term_answer_ok(l);
}
