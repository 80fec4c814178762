#include "api/biometric_view.h"

#include "api/command_ability.h"
#include "core/device_bio_read.h"
#include "model/biometric_type.h"

static bool server_takes(size_t type)
{
	return BIOMETRIC_TYPES_TAKEN[2 * type] == '1';
}

static void flag_write(struct json *j, const char *key, int flag)
{
	json_key(j, key);
	if (flag < 0)
		json_null(j);
	else
		json_bool(j, flag != 0);
}

static void bio_count_write(struct json *j, const char *key, int32_t n)
{
	json_key(j, key);
	if (n < 0)
		json_null(j);
	else
		json_int(j, n);
}

/* "templates" or "photos": whether the device takes them, uploads them here, and may be sent them. */
static void form_write(struct json *j, const struct device_bio *bio, bool photo, size_t type)
{
	int takes = (photo ? bio->takes_photo : bio->takes_data)[type];
	char why[ABILITY_WHY];
	bool fits = server_takes(type) &&
		    biometric_ability(bio, photo, (int64_t)type, why) == ABILITY_FITS;

	if (!server_takes(type))
		snprintf(why, sizeof(why), "the server takes none of this type");
	json_key(j, photo ? "photos" : "templates");
	json_object(j);
	flag_write(j, "device", takes);
	flag_write(j, "server", server_takes(type));
	flag_write(j, "uploaded", takes < 0 ? -1 : takes && server_takes(type));
	flag_write(j, "sendable", fits);
	json_key(j, "reason");
	if (fits)
		json_null(j);
	else
		json_string(j, gh_slice_of(why));
	bio_count_write(j, "count", (photo ? bio->photos : bio->data)[type]);
	bio_count_write(j, "most", (photo ? bio->photos_most : bio->data_most)[type]);
	json_object_end(j);
}

static const char *type_version(const struct device_bio *bio, size_t type)
{
	enum { FINGERPRINT = 1, FACE = 2, FINGER_VEIN = 7 };

	return bio->unified[type][0] ? bio->unified[type]
	       : type == FINGERPRINT ? bio->fingerprint
	       : type == FACE	     ? bio->face
	       : type == FINGER_VEIN ? bio->finger_vein
				     : "";
}

static void type_write(struct json *j, const struct device_bio *bio, size_t type)
{
	const char *name = biometric_type_name((int64_t)type),
		   *version = type_version(bio, type);

	json_object(j);
	json_key(j, "type");
	json_int(j, (int64_t)type);
	json_key(j, "name");
	json_string(j, gh_slice_of(name ? name : ""));
	json_key(j, "version");
	if (*version)
		json_string(j, gh_slice_of(version));
	else
		json_null(j);
	form_write(j, bio, false, type);
	form_write(j, bio, true, type);
	json_object_end(j);
}

enum gh_err biometric_view_write(struct call *c, struct json *j, struct device *d)
{
	struct device_bio bio;
	enum gh_err err = device_bio_read(c->server->db.ops, c->reader, d, call_arena(c), &bio);

	json_key(j, "biometrics");
	json_array(j);
	for (size_t i = 0; i < BIO_TYPES && err == GH_OK; i++)
		if (server_takes(i) || bio.takes_data[i] == 1 || bio.takes_photo[i] == 1)
			type_write(j, &bio, i);
	json_array_end(j);
	return err;
}
