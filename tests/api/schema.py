"""As much of JSON Schema as the server's own document uses, strictly: what the document does
not name may not be there."""

import re

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
         "null": type(None)}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def _is(value, name):
    return isinstance(value, TYPES[name]) and not (name == "integer" and value is True)


class Document:
    def __init__(self, document):
        self.document = document

    def follow(self, schema):
        while "$ref" in schema:
            at = self.document
            for part in schema["$ref"][2:].split("/"):
                at = at[part]
            schema = at
        return schema

    def properties(self, schema):
        schema = self.follow(schema)
        found = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            found.update(self.properties(part))
        return found

    def faults(self, value, schema, where="", inner=False):
        """What is wrong with a value, as a list of sentences."""
        schema = self.follow(schema)
        found = []
        for part in schema.get("allOf", []):
            found += self.faults(value, part, where, inner=True)
        if "const" in schema and value != schema["const"]:
            found.append(f"{where}: {value!r} is not {schema['const']!r}")
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(_is(value, k) for k in kinds):
            return found + [f"{where}: {value!r} is no {' or '.join(kinds)}"]
        if isinstance(value, str):
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{where}: {value!r} is not like {schema['pattern']}")
            if schema.get("format") == "date-time" and not TIME.fullmatch(value):
                found.append(f"{where}: {value!r} is no time")
        if isinstance(value, list) and "items" in schema:
            for i, item in enumerate(value):
                found += self.faults(item, schema["items"], f"{where}[{i}]")
        if isinstance(value, dict):
            for key in schema.get("required", []):
                if key not in value:
                    found.append(f"{where}: {key} is missing")
            known = self.properties(schema)
            for key, item in value.items():
                if key in schema.get("properties", {}):
                    found += self.faults(item, schema["properties"][key], f"{where}.{key}")
                elif isinstance(schema.get("additionalProperties"), dict):
                    found += self.faults(item, schema["additionalProperties"],
                                         f"{where}.{key}")
                elif known and not inner and key not in known:
                    found.append(f"{where}: the document does not know {key}")
        return found

    def operations(self):
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def answer(self, method, path):
        """The schema of a success; None when it is no JSON of ours."""
        responses = self.document["paths"][path][method.lower()]["responses"]
        content = (responses.get("200") or responses.get("201") or responses["202"])["content"]
        return content.get("application/json", {}).get("schema")
