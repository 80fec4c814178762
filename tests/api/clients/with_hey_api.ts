// The same with the functions that @hey-api/openapi-ts makes of the operations.
import { client } from "./hey/client.gen";
import { getDevice, getStatus, listCommandsNdjson, listDevices, listPunches, listPunchesCsv } from "./hey";
import type { Device, Punch } from "./hey";

declare const process: { argv: string[] };
const [baseUrl, token] = process.argv.slice(2) as [string, string];
client.setConfig({ baseUrl, auth: token });

function check(what: string, ok: boolean) {
	if (!ok) throw new Error(what);
}

async function main() {
	const { data: page } = await listPunches({ query: { device: "TYPED1", limit: 10 } });
	const rows: Punch[] = page?.data ?? [];
	check("all of them", rows.length === 3 && rows[2]?.pin === "2" && page?.more === false);
	const { data: csv } = await listPunchesCsv({ parseAs: "text" });
	check("CSV is text", csv?.startsWith("seq,") ?? false);
	const { data: lines } = await listCommandsNdjson({ parseAs: "text" });
	check("ndjson is text", JSON.parse(lines ?? "{}").type === "unlock");
	const { data: devices } = await listDevices({ query: { state: "approved" } });
	const device: Device | undefined = devices?.data[0];
	check("the device", device?.sn === "TYPED1" && device.stats?.persons === 1);
	const { data: status } = await getStatus();
	check("status", status?.data.server.store.kind !== undefined && status.data.data.punches === 3);
	const { error } = await getDevice({ path: { sn: "NOBODY" } });
	check("404", error?.code === "device_unknown");
	// @ts-expect-error: no such parameter
	await listPunches({ query: { devise: "TYPED1" } });
	// @ts-expect-error: no such contact
	await listDevices({ query: { contact: "onlin" } });
	console.log("done");
}

main();
