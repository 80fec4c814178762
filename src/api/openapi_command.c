/* The request that queues a command: what each type takes besides. */
#include <stdio.h>

#include "api/command_body.h"
#include "api/openapi_json.h"
#include "api/openapi_schema.h"
#include "model/command_field.h"

/* Of a value by its rule. */
static struct schema rule_schema(const struct command_rule *rule, const char *about)
{
	struct schema s = { .kind = SCHEMA_TEXT,
			    .most = rule->most == INT32_MAX ? COMMAND_BODY_VALUE : rule->most,
			    .about = about };

	if (rule->type == ARGUMENT_INT)
		s = (struct schema){ .kind = SCHEMA_INT,
				     .least = rule->least,
				     .most = rule->most,
				     .about = about };
	else if (rule->type == ARGUMENT_BOOL)
		s = (struct schema){ .kind = SCHEMA_BOOL, .about = about };
	else if (rule->type == ARGUMENT_START || rule->type == ARGUMENT_END)
		s.format = FORMAT_MOMENT;
	return s;
}

static json_t *argument_schema(const struct command_argument_row *a)
{
	struct schema s = rule_schema(&a->rule, a->about);

	s.flags = SCHEMA_NULLABLE;
	return openapi_schema(&s);
}

static json_t *field_new(const char *name, const struct command_rule *rule, bool required)
{
	json_t *f = tree_with_text(json_object(), "name", name);

	f = tree_with_text(f, "kind", command_argument_type_name(rule->type));
	return tree_with(f, "required", json_boolean(required));
}

/* "person", with its own fields. */
static json_t *record_field(enum command_kind kind)
{
	const struct model_kind *k = &model_kinds[command_kind_row(kind)->record];
	json_t *f = tree_with_text(json_object(), "name", command_record_member(kind));
	json_t *fields = json_array();
	size_t n;
	const struct command_field *field = command_fields_of(kind, &n);

	for (size_t i = 0; i < n; i++)
		fields = tree_append(fields, field_new(k->field[field[i].field].json,
						       &field[i].rule, field[i].required));
	f = tree_with_text(f, "kind", "object");
	f = tree_with(f, "required", json_true());
	return tree_with(f, "fields", fields);
}

static json_t *type_schema(enum command_kind kind)
{
	const struct command_kind_row *row = command_kind_row(kind);
	const char *at = row->arguments;
	json_t *fields = json_array(), *t = json_object();
	struct command_parameter p;

	if (row->record < KIND_COUNT)
		fields = tree_append(fields, record_field(kind));
	while (command_parameter_next(&at, &p))
		fields = tree_append(fields,
				     field_new(command_arguments[p.id].name,
					       &command_arguments[p.id].rule, p.required));
	t = tree_with_text(t, "description", row->about);
	t = tree_with_text(t, "nature", command_nature_name(row->nature));
	t = tree_with_text(t, "scope", token_scope_word(row->scope));
	return tree_with(t, "fields", fields);
}

/* Of several kinds with the same record: what any of them takes. */
static struct schema member_widest(enum model_kind_id record, size_t field, bool *required)
{
	struct schema widest = { 0 };
	bool first = true;

	*required = true;
	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		const struct command_kind_row *row = command_kind_row(k);
		const struct command_field *f = command_field_find(k, field);

		if (row->record != record || *row->types == 0)
			continue;
		*required &= f && f->required;
		if (f == NULL)
			continue;
		struct schema s = rule_schema(&f->rule, NULL);

		if (!first && widest.least < s.least)
			s.least = widest.least;
		if (!first && widest.most > s.most)
			s.most = widest.most;
		widest = s;
		first = false;
	}
	return widest;
}

static json_t *person_more(json_t *properties)
{
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

	properties = tree_with(properties, "cards", openapi_schema(&cards));
	return tree_with(properties, "group", openapi_schema(&group));
}

/* The member that holds a record: "person", "template" … */
static json_t *record_schema(enum model_kind_id record)
{
	const struct model_kind *k = &model_kinds[record];
	json_t *properties = json_object(), *required = json_array(), *s;

	for (size_t i = 0; i < k->fields; i++) {
		bool needed;
		struct schema one = member_widest(record, i, &needed);

		if (one.most == 0)
			continue;
		if (needed)
			required = tree_append(required, json_string(k->field[i].json));
		else
			one.flags = SCHEMA_NULLABLE;
		properties = tree_with(properties, k->field[i].json, openapi_schema(&one));
	}
	if (record == KIND_PERSON)
		properties = person_more(properties);
	s = tree_with_text(json_object(), "type", "object");
	s = tree_with_text(s, "description",
			   record == KIND_PERSON
				   ? "What is absent stays as the device has it; an empty text "
				     "clears"
				   : "Which fields a type takes stands in `x-types`");
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
			*properties = tree_with(*properties, command_record_member(k),
						record_schema(row->record));
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
