// usage: node lint.cjs FILE
//
// Prints what the linter of Redocly finds in an OpenAPI document by its recommended rules:
// operations without a refusal, names twice, ambiguous paths, unused parts.
const { createConfig, lintFromString } = require("@redocly/openapi-core");
const { readFileSync } = require("node:fs");

async function main(file) {
	const config = await createConfig({ extends: ["recommended"] });
	const source = readFileSync(file, "utf8");
	for (const found of await lintFromString({ source, absoluteRef: file, config }))
		console.log(`${found.ruleId}: ${found.message} ${found.location[0]?.pointer ?? ""}`);
}

main(process.argv[2]);
