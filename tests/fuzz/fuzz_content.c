/* Pictures and templates: what is found wrong with them, whatever they are. A picture whose end is cut off is not
 * whole. */
#include "base/jpeg.h"
#include "fuzz.h"
#include "model/content_fault.h"
#include "model/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice s = { data, size };
	struct template t = { .present = UINT64_C(1) << TEMPLATE_data, .data = s };
	struct photo p = { .present = UINT64_C(1) << PHOTO_content | UINT64_C(1) << PHOTO_size,
			   .content = s,
			   .size = (int64_t)size };
	enum jpeg_form form = ghi_jpeg_form(s);
	enum content_fault fault = content_fault_mark(KIND_TEMPLATE, &t);

	check(form != JPEG_WHOLE || size > 4);
	check(fault == CONTENT_SOUND || fault == CONTENT_BASE64);
	check(size == 0 || gh_slice_eq(t.content_fault, content_fault_word(fault)));
	fault = content_fault_mark(KIND_PHOTO, &p);
	check(size == 0 || (fault == CONTENT_SOUND) == (form == JPEG_WHOLE));
	if (form == JPEG_WHOLE) {
		p.size++;
		fault = content_fault_mark(KIND_PHOTO, &p);
		check(fault == CONTENT_SIZE || size < 3);
		while (s.n && ghi_jpeg_form(s) == JPEG_WHOLE)
			s.n--;
		check(s.n && ghi_jpeg_form(s) == JPEG_CUT);
	}
	return 0;
}
