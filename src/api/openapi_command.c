/* The request that queues a command: what each type takes besides. */
#include <stdio.h>

#include "api/command_body.h"
#include "api/openapi_json.h"
#include "api/openapi_schema.h"
#include "model/command_kind.h"

static json_t *argument_schema(const struct command_argument_row *a)
{
	struct schema s = { .kind = SCHEMA_TEXT,
			    .most = COMMAND_BODY_VALUE,
			    .about = a->about };

	if (a->type == ARGUMENT_INT)
		s = (struct schema){ .kind = SCHEMA_INT, .most = INT32_MAX, .about = a->about };
	else if (a->type == ARGUMENT_BOOL)
		s = (struct schema){ .kind = SCHEMA_BOOL, .about = a->about };
	else if (a->type == ARGUMENT_START || a->type == ARGUMENT_END)
		s.format = FORMAT_MOMENT;
	s.flags = SCHEMA_NULLABLE;
	return openapi_schema(&s);
}

static json_t *type_field(const struct command_parameter *p)
{
	const struct command_argument_row *a = &command_arguments[p->id];
	json_t *f = tree_with_text(json_object(), "name", a->name);

	f = tree_with_text(f, "kind", command_argument_type_name(a->type));
	return tree_with(f, "required", json_boolean(p->required));
}

static json_t *record_field(const struct model_kind *k)
{
	json_t *f = tree_with_text(json_object(), "name", k->name);

	return tree_with(tree_with_text(f, "kind", "object"), "required", json_true());
}

static json_t *type_schema(enum command_kind kind)
{
	const struct command_kind_row *row = command_kind_row(kind);
	const char *at = row->arguments;
	json_t *fields = json_array(), *t = json_object();
	struct command_parameter p;

	if (row->record < KIND_COUNT)
		fields = tree_append(fields, record_field(&model_kinds[row->record]));
	while (command_parameter_next(&at, &p))
		fields = tree_append(fields, type_field(&p));
	t = tree_with_text(t, "description", row->about);
	t = tree_with_text(t, "nature", command_nature_name(row->nature));
	t = tree_with_text(t, "scope", token_scope_word(row->scope));
	return tree_with(t, "fields", fields);
}

/* The member that holds a record: "person". */
static json_t *record_schema(const struct model_kind *k)
{
	json_t *properties = json_object(), *required = json_array(), *s;
	struct schema card = { .kind = SCHEMA_TEXT,
			       .flags = SCHEMA_NULLABLE,
			       .most = COMMAND_BODY_VALUE };
	struct schema cards = { .kind = SCHEMA_ARRAY,
				.most = 2,
				.part = &card,
				.about = "`card` and `viceCard`; empty: none" };
	struct schema group = { .kind = SCHEMA_TEXT,
				.flags = SCHEMA_NULLABLE,
				.most = COMMAND_BODY_VALUE,
				.about = "The same as `groupId`" };

	for (size_t i = 0; i < k->fields; i++) {
		if (k->field[i].flags & (MODEL_OWN | MODEL_EXTRA))
			continue;

		bool number = k->field[i].type == MODEL_INT;
		struct schema one = { .kind = number ? SCHEMA_INT : SCHEMA_TEXT,
				      .least = number ? -1 : 0,
				      .most = number ? INT32_MAX : COMMAND_BODY_VALUE };

		if (k->field[i].flags & MODEL_KEY)
			required = tree_append(required, json_string(k->field[i].json));
		else
			one.flags = SCHEMA_NULLABLE;
		properties = tree_with(properties, k->field[i].json, openapi_schema(&one));
	}
	properties = tree_with(properties, "cards", openapi_schema(&cards));
	properties = tree_with(properties, "group", openapi_schema(&group));
	s = tree_with_text(json_object(), "type", "object");
	s = tree_with_text(s, "description",
			   "What is absent stays as the device has it; an empty text clears");
	s = tree_with(s, "additionalProperties", json_false());
	return tree_with(tree_with(s, "required", required), "properties", properties);
}

/* The types a command may have, with the fields each takes: x-types. `list` gets their names. */
static json_t *types_schema(json_t **list, json_t **properties)
{
	json_t *types = json_object();

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		gh_slice rest = gh_slice_of(command_kind_row(k)->types), word;
		const char *at = command_kind_row(k)->arguments;
		struct command_parameter p;

		const struct command_kind_row *row = command_kind_row(k);

		if (rest.n && row->record < KIND_COUNT)
			*properties = tree_with(*properties, model_kinds[row->record].name,
						record_schema(&model_kinds[row->record]));
		while (rest.n && command_parameter_next(&at, &p)) {
			const struct command_argument_row *a = &command_arguments[p.id];

			if (*properties && json_object_get(*properties, a->name) == NULL)
				*properties =
					tree_with(*properties, a->name, argument_schema(a));
		}
		while (rest.n) {
			char name[64];

			gh_slice_cut(rest, ' ', &word, &rest);
			snprintf(name, sizeof(name), "%.*s", GH_FMT(word));
			*list = tree_append(*list, json_string(name));
			types = tree_with(types, name, type_schema(k));
		}
	}
	return types;
}

json_t *openapi_command_request(const struct schema *schema)
{
	json_t *s = openapi_schema(schema), *list = json_array(), *types, *properties;

	properties = json_incref(json_object_get(s, "properties"));
	types = types_schema(&list, &properties);
	json_t *type = json_object_get(properties, "type");

	if (json_object_set_new(type, "enum", list) || properties == NULL) {
		json_decref(s);
		s = NULL;
	}
	json_decref(properties);
	return tree_with(tree_with(s, "additionalProperties", json_false()), "x-types", types);
}
