// usage: node validate.mjs FOLDER < document
//
// Prints what the validator of the CycloneDX project, installed in FOLDER, finds wrong with a list of parts,
// and ends with 1; nothing and 0 where it finds nothing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2], "here.js"));
const { Spec, Validation } = require("@cyclonedx/cyclonedx-library");
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
const fault = await validator.validate(readFileSync(0, "utf8"));

if (fault) {
	console.log(JSON.stringify(fault, null, 1));
	process.exit(1);
}
