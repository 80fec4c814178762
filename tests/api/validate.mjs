// usage: node validate.mjs FOLDER < documents
//
// Reads a list of OpenAPI documents and prints a list of what the validators installed in FOLDER find
// wrong with each: a list that is empty where they find nothing. One checks the document against the
// schema of OpenAPI 3.1, the other compiles every JSON Schema in it and follows every reference.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(resolve(process.argv[2], "here.js"));
const { Validator } = await import(
	pathToFileURL(require.resolve("@seriousme/openapi-schema-validator"))
);
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const found = [];
for (const document of JSON.parse(readFileSync(0, "utf8"))) found.push(await validate(document));
console.log(JSON.stringify(found, null, 1));

async function validate(document) {
	const faults = [];
	const validator = new Validator();
	const result = await validator.validate(structuredClone(document));
	if (!result.valid) faults.push(result.errors);
	else if (validator.version !== "3.1") faults.push(`version ${validator.version}`);

	const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true, strictRequired: false });
	addFormats(ajv);
	// What OpenAPI adds to a schema, and what is ours.
	for (const word of ["openapi", "info", "servers", "paths", "components", "x-types", "x-tables"]) ajv.addKeyword(word);
	ajv.addSchema(document, "document");
	for (const name of Object.keys(document.components.schemas)) compile(`#/components/schemas/${name}`);
	walk(document, "#");
	return faults;

	function compile(pointer) {
		try {
			ajv.compile({ $ref: `document${pointer}` });
		} catch (error) {
			faults.push(`${pointer}: ${error.message}`);
		}
	}

	function walk(value, at) {
		if (value === null || typeof value !== "object") return;
		if (typeof value.$ref === "string" && find(value.$ref) === undefined)
			faults.push(`${at}: ${value.$ref} leads nowhere`);
		for (const [key, inner] of Object.entries(value)) {
			const place = `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
			if (key === "schema") compile(encodeURI(place));
			walk(inner, place);
		}
	}

	function find(ref) {
		return ref
			.slice(2)
			.split("/")
			.reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], document);
	}
}
