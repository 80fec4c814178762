#include "core/device_bio_read.h"

#include <stdio.h>

#include "core/access/unit_parameters.h"
#include "wire/access/parameters.h"
#include "wire/attendance/info.h"

static bool bio_option_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	(void)device;
	device_bio_option_see(ctx, key, value);
	return true;
}

/* An access unit reports these when it registers, and changes of them later (Security PUSH 3.1.2, 4.4). */
static enum gh_err unit_bio_read(const struct store_ops *ops, struct store_reader *reader,
				 int64_t device, gh_slice registered, struct arena *a,
				 struct device_bio *out)
{
	gh_slice parameters = { 0 }, name, value;
	enum gh_err err = unit_parameters_read(ops, reader, device, registered, a, &parameters);
	struct ghi_parameters list = ghi_parameters_of(parameters);

	out->access = true;
	while (err == GH_OK && ghi_parameters_next(&list, &name, &value))
		device_bio_option_see(out, name, value);
	return err;
}

enum gh_err device_bio_read(const struct store_ops *ops, struct store_reader *reader,
			    struct device *d, struct arena *a, struct device_bio *out)
{
	struct device_row row;
	struct ghi_info info;

	*out = device_bio_unknown();
	out->terminal = device_is_terminal(d);
	device_row(d, a, &row);
	if (device_dialect(d) == DEVICE_ACCESS)
		return unit_bio_read(ops, reader, device_id(d), row.access.parameters, a, out);
	ghi_info_parse(row.attendance.info, &info);
	device_bio_version_set(out->fingerprint, info.fp_version);
	device_bio_version_set(out->face, info.face_version);
	device_bio_functions_see(out, info.functions);
	snprintf(out->push_version, sizeof(out->push_version), "%.*s",
		 GH_FMT(row.attendance.push_version));
	enum gh_err err = ops->options_read(reader, device_id(d), bio_option_see, out);

	device_bio_settle(out);
	return err;
}
