#include "api/access_view.h"

#include "model/access_words.h"
#include "model/biometric_type.h"
#include "model/event_code.h"
#include "model/verify_factors.h"
#include "model/verify_mode.h"
#include "wire/access/parameters.h"
#include "wire/push/secret_option.h"

static void view_text(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	if (text)
		json_string(j, gh_slice_of(text));
	else
		json_null(j);
}

/* null: not reported. */
static void view_number(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	if (v >= 0)
		json_int(j, v);
	else
		json_null(j);
}

static void view_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

/* One of a list: its number, and what it is called, null where no table has it. */
static void view_item(struct json *j, int64_t number, const char *name)
{
	json_object(j);
	json_key(j, "number");
	json_int(j, number);
	view_text(j, "name", name);
	json_object_end(j);
}

/* The number of its language, and its name; null: not reported (11.4). */
static void view_language(struct json *j, gh_slice parameters)
{
	int64_t number = ghi_parameters_number(parameters, "Language", -1);

	view_number(j, "language", number);
	view_text(j, "languageName", number >= 0 ? language_name(number) : NULL);
}

static void view_functions(struct json *j, const struct ghi_unit *u)
{
	json_key(j, "functions");
	json_array(j);
	for (size_t i = 0; i < u->functions.n; i++)
		if (ghi_flags_has(u->functions, i))
			view_item(j, (int64_t)i, access_function_name((int64_t)i));
	json_array_end(j);
}

static void view_verify_modes(struct json *j, const struct ghi_unit *u)
{
	json_key(j, "verifyModes");
	json_array(j);
	for (size_t i = 0; i < ghi_bitmap_positions(u->verify_modes); i++)
		if (ghi_bitmap_has(u->verify_modes, i))
			view_item(j, (int64_t)i, verify_mode_name((int32_t)i, VERIFY_NEW));
	json_array_end(j);
}

/* "face or card"; null: it takes mode numbers only. */
static void view_verify_factors(struct json *j, const struct ghi_unit *u)
{
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	int64_t word;

	json_key(j, "verifyFactors");
	if (verify_read(u->verify_factors, &word) != VERIFY_FACTORS) {
		json_null(j);
		return;
	}
	verify_words_put(&w, (uint16_t)((unsigned)word & ~VERIFY_ALL));
	json_string(j, ghi_written(&w));
}

static void view_events(struct json *j, const struct ghi_unit *u)
{
	const struct {
		gh_slice bitmap;
		int64_t first;
	} range[] = {
		{ u->events, 0 },
		{ u->normal_events, 4000 },
		{ u->abnormal_events, 5000 },
		{ u->alarm_events, 6000 },
	};

	json_key(j, "events");
	json_array(j);
	for (size_t r = 0; r < sizeof(range) / sizeof(range[0]); r++)
		for (size_t i = 0; i < ghi_bitmap_positions(range[r].bitmap); i++) {
			int64_t code = range[r].first + (int64_t)i;
			const struct event_code *e = event_code_find(code);

			if (!ghi_bitmap_has(range[r].bitmap, i))
				continue;
			view_item(j, code,
				  e == NULL	     ? NULL
				  : u->merged_events ? e->merged
						     : e->meaning);
		}
	json_array_end(j);
}

/* Of each biometric type that it takes templates or photos of. */
static void view_biometrics(struct json *j, const struct ghi_unit *u, gh_slice parameters)
{
	gh_slice version = { 0 }, templates = { 0 }, photos = { 0 };

	(void)ghi_parameters_get(parameters, "MultiBioVersion", &version);
	(void)ghi_parameters_get(parameters, "MaxMultiBioDataCount", &templates);
	(void)ghi_parameters_get(parameters, "MaxMultiBioPhotoCount", &photos);
	json_key(j, "biometrics");
	json_array(j);
	for (size_t i = 0; i < 32; i++) {
		bool data = gh_slice_eq(ghi_list_part(u->template_types, i), GH_LIT("1")),
		     photo = gh_slice_eq(ghi_list_part(u->photo_types, i), GH_LIT("1"));

		if (!data && !photo)
			continue;
		json_object(j);
		json_key(j, "type");
		json_int(j, (int64_t)i);
		view_text(j, "name", biometric_type_name((int64_t)i));
		view_bool(j, "templates", data);
		view_bool(j, "photos", photo);
		json_key(j, "version");
		json_string(j, ghi_list_part(version, i));
		json_key(j, "mostTemplates");
		json_string(j, ghi_list_part(templates, i));
		json_key(j, "mostPhotos");
		json_string(j, ghi_list_part(photos, i));
		json_object_end(j);
	}
	json_array_end(j);
}

/* Schemes 1 to 3 by position from the left. */
static void view_qr_schemes(struct json *j, const struct ghi_unit *u)
{
	json_key(j, "qrSchemes");
	json_array(j);
	for (size_t i = 0; i < u->qr_schemes.n; i++)
		if (ghi_flags_has(u->qr_schemes, i))
			json_int(j, (int64_t)i + 1);
	json_array_end(j);
}

static void view_parameters(struct json *j, gh_slice parameters)
{
	struct ghi_parameters p = ghi_parameters_of(parameters);
	gh_slice name, value;

	json_key(j, "parameters");
	json_array(j);
	while (ghi_parameters_next(&p, &name, &value)) {
		const struct access_parameter *row =
			access_parameter_find(ACCESS_PARAMETER_REGISTRATION, name);

		json_object(j);
		json_key(j, "name");
		json_string(j, name);
		json_key(j, "value");
		json_string(j, ghi_option_is_secret(name) ? GH_LIT("***") : value);
		view_text(j, "meaning", row ? row->words : NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

const char *access_role_word(size_t i)
{
	static const char *const word[] = {
		[GHI_UNIT_ORDINARY] = "ordinary",
		[GHI_UNIT_MAIN] = "main",
		[GHI_UNIT_SUB] = "sub",
	};

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

const char *access_registration_word(size_t i)
{
	return i <= DEVICE_CONFIGURED ? device_registration_name((enum device_registration)i)
				      : NULL;
}

void access_view_write(struct json *j, const struct device_row *row)
{
	gh_slice parameters = row->access.parameters;
	struct ghi_unit u;

	json_key(j, "access");
	if (parameters.n == 0) {
		json_null(j);
		return;
	}
	u = ghi_unit_of(parameters);
	json_object(j);
	view_text(j, "registration",
		  device_registration_name((enum device_registration)row->access.registration));
	json_key(j, "registeredAt");
	if (row->access.registered_ms > 0)
		json_utc_ms(j, row->access.registered_ms);
	else
		json_null(j);
	json_key(j, "protocol");
	json_string(j, row->access.protocol);
	view_number(j, "machineType", u.machine_type);
	view_text(j, "model", access_model_name(u.machine_type));
	view_number(j, "doors", u.doors);
	view_number(j, "readers", u.readers);
	view_number(j, "auxInputs", u.aux_inputs);
	view_number(j, "auxOutputs", u.aux_outputs);
	view_text(j, "role", access_role_word((size_t)u.role));
	view_number(j, "commandFormat", u.command_format);
	view_language(j, parameters);
	view_number(j, "packageBytes", u.package_bytes);
	view_number(j, "standardLevel", u.standard_level);
	view_bool(j, "packedValidity", u.packed_validity);
	view_bool(j, "severalCards", u.several_cards);
	view_bool(j, "mergedEvents", u.merged_events);
	view_bool(j, "textPins", u.text_pins);
	view_bool(j, "wiegand2", u.wiegand_2);
	view_functions(j, &u);
	view_verify_modes(j, &u);
	view_verify_factors(j, &u);
	view_events(j, &u);
	view_biometrics(j, &u, parameters);
	view_qr_schemes(j, &u);
	view_parameters(j, parameters);
	json_object_end(j);
}
