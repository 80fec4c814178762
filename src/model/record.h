/* The records of record.def and entity.def as structs, and their fields by number: struct
 * person, PERSON_pin. */
#ifndef GH_MODEL_RECORD_H
#define GH_MODEL_RECORD_H

#include "model/field.h"

/* Braces that are closed in another macro. */
/* clang-format off */
#define MODEL_RECORD(name, NAME, plural) struct name { uint64_t present;
#define MODEL_FIELD(NAME, member, json, type, flags) model_##type member;
#define MODEL_ASIDE(member) gh_slice member;
#define MODEL_RECORD_END(name, NAME) };
#include "model/record.def"

#define MODEL_RECORD(name, NAME, plural) struct name { uint64_t present;
#define MODEL_FIELD(NAME, member, json, type, flags) model_##type member;
#define MODEL_RECORD_END(name, NAME) };
#include "model/entity.def"

#define MODEL_RECORD(name, NAME, plural) enum name##_field {
#define MODEL_FIELD(NAME, member, json, type, flags) NAME##_##member,
#define MODEL_RECORD_END(name, NAME) NAME##_FIELDS };
#include "model/record.def"

#define MODEL_RECORD(name, NAME, plural) enum name##_field {
#define MODEL_FIELD(NAME, member, json, type, flags) NAME##_##member,
#define MODEL_RECORD_END(name, NAME) NAME##_FIELDS };
#include "model/entity.def"
/* clang-format on */

/* Of person.placed. */
#define PERSON_PLACED 1
#define PERSON_ADOPTED 2

#endif
