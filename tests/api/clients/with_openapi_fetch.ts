// What an integrator writes with openapi-typescript and openapi-fetch. `// @ts-expect-error` marks
// a line that must not compile: where it does, tsc reports the mark.
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi_types";

declare const process: { argv: string[] };
const [baseUrl, token] = process.argv.slice(2) as [string, string];
const headers = { Authorization: `Bearer ${token}` };
const client = createClient<paths>({ baseUrl, headers });

function check(what: string, ok: boolean) {
	if (!ok) throw new Error(what);
}

async function punches() {
	const { data: page, error } = await client.GET("/api/punches", {
		params: { query: { limit: 2, sort: "-seq", facets: ["deviceSerial"] } },
	});
	if (error) throw new Error(error.code);
	const first: components["schemas"]["Punch"] | undefined = page.data[0];
	check("the newest first", first?.seq === 3);
	check("flags are words", first?.flags.every((f) => f !== "ahead") ?? false);
	const { total } = page;
	check("a total is a number or a bound", typeof total === "number" ? total === 3 : !total);
	const facet = page.facets?.deviceSerial?.[0];
	check("facets", facet?.value === "TYPED1" && facet.count === 3);
	// @ts-expect-error: no such field
	first?.serial;
	// @ts-expect-error: no such parameter
	await client.GET("/api/punches", { params: { query: { devise: "TYPED1" } } });
}

async function files() {
	const { data: csv } = await client.GET("/api/punches.csv", { parseAs: "text" });
	const text: string = csv ?? "";
	check("CSV is text", text.startsWith("seq,") && text.trim().split("\n").length === 4);
	// @ts-expect-error: a file has no pages
	csv?.data;
	const { data: metrics } = await client.GET("/metrics", { parseAs: "text" });
	check("metrics are text", (metrics ?? "").includes("gatehouse_punches"));
	const ready = await client.GET("/readyz");
	check("ready", ready.data?.status === "ready" && ready.data.heldBy === null);
}

async function devices() {
	const { data: list } = await client.GET("/api/devices", {
		params: { query: { state: "approved", sort: "-id" } },
	});
	const device = list?.data[0];
	check("the device", device?.sn === "TYPED1" && device.state === "approved");
	check("it called", device?.contact !== "never");
	check("it calls the server", device?.link === null && device.clock === null);
	check("its people", device?.stats?.userCount === 1 && device.stats.persons === 1);
	// @ts-expect-error: no such contact
	check("a contact is one of four", device?.contact !== "onlin");
	// @ts-expect-error: no such state
	await client.GET("/api/devices", { params: { query: { state: "aproved" } } });
	const { data: queued } = await client.POST("/api/commands", {
		body: { deviceSerial: "TYPED1", type: "unlock" },
	});
	check("queued", queued !== undefined && !Array.isArray(queued.data));
	const { data: open } = await client.GET("/api/commands", {
		params: { query: { status: "queued" } },
	});
	check("its type", open?.data[0]?.type === "unlock" && open.data[0].nature === "act");
}

async function refusals() {
	const sn = { params: { path: { sn: "NOBODY" } } };
	const { error, response } = await client.GET("/api/devices/{sn}", sn);
	check("404", response.status === 404 && error?.code === "device_unknown");
	// @ts-expect-error: no such code
	check("a code is one of the table", error?.code !== "device_unknwon");
	const stranger = createClient<paths>({ baseUrl });
	const refused = await stranger.GET("/api/status");
	check("401", refused.data === undefined && refused.error.code === "token_missing");
}

async function main() {
	await punches();
	await files();
	await devices();
	await refusals();
	console.log("done");
}

main();
