/* A file of punches, in whatever form and encoding it is: texts of what is read are in the room that was given,
 * a CSV is cut at its records, and a punch of a USB export is written and read back as itself. */
#include "base/csv_read.h"
#include "base/utf16.h"
#include "fuzz.h"
#include "wire/punch_file/punch_file.h"

static void punch_check(const struct ghi_punch_file_row *row, gh_slice room)
{
	struct ghi_punch_file usb = { .form = GHI_PUNCH_FILE_USB };
	struct ghi_punch_file_fault fault = { 0 };
	struct ghi_punch_file_row again;
	uint8_t text[1024], to[GHI_PUNCH_FILE_ROOM(sizeof(text))];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	const struct punch *p = &row->p;

	check(p->pin.n && fuzz_inside(p->pin, room));
	check(fuzz_inside(p->work_code, room) && fuzz_inside(p->extra, room));
	check(p->status >= PUNCH_ABSENT && p->verify >= PUNCH_ABSENT);
	check((p->utc == PUNCH_NO_UTC) == !(p->flags & PUNCH_EPOCH));
	/* The export has blanks around, and no seconds since 1970. */
	if (p->flags & PUNCH_EPOCH || gh_slice_trim(p->pin).n != p->pin.n ||
	    gh_slice_trim(p->work_code).n != p->work_code.n)
		return;
	ghi_punch_file_usb_write(&w, p, 1);
	check(w.err == GH_OK);
	check(!ghi_punch_file_read(&usb, ghi_written(&w), to, &again, &fault));
	check(gh_slice_eq(again.p.pin, p->pin) && again.p.time == p->time);
	check(again.p.status == p->status && again.p.verify == p->verify);
	check(gh_slice_eq(again.p.work_code, p->work_code) ||
	      (punch_is_uncoded(p) && punch_is_uncoded(&again.p)));
}

static gh_slice record_take(const struct ghi_punch_file *f, bool begun, gh_slice *rest)
{
	gh_slice record = *rest, line, after;
	size_t n;

	if (begun && f->form == GHI_PUNCH_FILE_CSV) {
		n = ghi_csv_record_length(*rest, true);
		check(n && n <= rest->n);
		check(ghi_csv_record_length(*rest, false) <= n ||
		      ghi_csv_record_length(*rest, false) == 0);
	} else {
		gh_slice_cut(*rest, '\n', &line, &after);
		n = rest->n - after.n;
	}
	record.n = n;
	*rest = gh_slice_from(*rest, n);
	return record;
}

static void file_read(gh_slice rest)
{
	struct ghi_punch_file f = { .generation = rest.n % 2 ? VERIFY_OLD : VERIFY_NEW };
	struct ghi_punch_file_fault fault = { 0 };
	struct ghi_punch_file_row row;
	bool begun = false, head = false;

	while (rest.n) {
		gh_slice record = record_take(&f, begun, &rest);
		gh_slice room = { malloc(GHI_PUNCH_FILE_ROOM(record.n)),
				  GHI_PUNCH_FILE_ROOM(record.n) };
		uint8_t *to = (uint8_t *)(uintptr_t)room.p;
		enum gh_err err = GH_OK;

		check(to);
		if (gh_slice_trim(record).n && !begun) {
			err = ghi_punch_file_begin(&f, record, to, &head, &fault);
			check(err == GH_OK || fault.reason);
			begun = err == GH_OK;
		} else {
			head = false;
		}
		if (gh_slice_trim(record).n && begun && !head) {
			f.last = rest.n == 0;
			err = ghi_punch_file_read(&f, record, to, &row, &fault);
			f.punched |= err == GH_OK && row.what == GHI_PUNCH_FILE_PUNCH;
			check(err == GH_OK || (fault.reason && fault.column));
			if (err == GH_OK && row.what == GHI_PUNCH_FILE_PUNCH)
				punch_check(&row, room);
		}
		free(to);
		if (!begun && err)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice in = { data, size };
	size_t mark, n;
	enum ghi_text_form form = ghi_text_form_of(in, &mark);
	struct ghi_utf16 t = { .big = form == GHI_TEXT_UTF16_BE };
	uint8_t *to;

	in = gh_slice_from(in, mark);
	if (form == GHI_TEXT_BYTES) {
		file_read(in);
		return 0;
	}
	to = malloc(GHI_UTF16_ROOM(in.n));
	check(to);
	n = ghi_utf16_read(&t, in, to);
	check(n <= GHI_UTF16_ROOM(in.n));
	file_read((gh_slice){ to, n });
	free(to);
	return 0;
}
