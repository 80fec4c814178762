'use strict';
/* One operation of one client that others wrote, against one terminal; the result as a line of
 * JSON. Each operation has a process and a connection of its own: these clients read one packet
 * for each read event, take a late acknowledgement for the next answer, and cannot hear live
 * events once they have read a table. */

const path = require('path');

const [home, name, operation, port, argument] = process.argv.slice(2);
const given = argument === undefined ? undefined : JSON.parse(argument);
const HOST = '127.0.0.1';
const PATIENCE = 8000;

// Their chatter must not come between.
const say = process.stdout.write.bind(process.stdout);
console.log = () => {};

const load = (file) => require(path.join(home, 'node_modules', file));
const clients = {
  'zkteco-js': () => new (load('zkteco-js'))(HOST, Number(port), PATIENCE, 0),
  'node-zklib': () => new (load('node-zklib'))(HOST, Number(port), PATIENCE, 0),
  'zklib-js': () => new (load('zklib-js'))(HOST, Number(port), PATIENCE, 0),
  'node-zklib-udp': () => new (load('node-zklib/zklibudp'))(HOST, Number(port), PATIENCE, 0),
  'zklib-js-udp': () => new (load('zklib-js/zklibudp'))(HOST, Number(port), PATIENCE, 0),
};

/* The digits of a clock, whatever the zone of this machine. */
function digits(when) {
  const d = new Date(when);
  const two = (n) => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
    `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/* Names are read as ASCII: every byte keeps its low seven bits. */
const text = (s) => String(s).replace(/\0.*$/s, '');

const user = (u) => ({ uid: u.uid, pin: text(u.userId), privilege: u.role, name: u.name,
                       password: u.password, card: u.cardno });
const punch = (p) => ({ pin: text(p.deviceUserId ?? p.user_id),
                        time: digits(p.recordTime ?? p.record_time) });
const code = (reply) => reply.readUInt16LE(0);

const operations = {
  info: (c) => c.getInfo(),
  users: async (c) => (await c.getUsers()).data.map(user),
  punches: async (c) => (await c.getAttendances(() => {})).data.map(punch),
  time: async (c) => digits(await c.getTime()),
  setTime: async (c) => code(await c.setTime(new Date(...given))),
  setUser: async (c) => code(await c.setUser(...given)),
  deleteUser: async (c) => code(await c.deleteUser(given)),
  clear: async (c) => code(await c.clearAttendanceLog()),
  disable: async (c) => code(await c.disableDevice()),
  enable: async (c) => code(await c.enableDevice()),
  command: async (c) => code(await c.executeCmd(given, '')),
  identity: async (c) => {
    const out = {};
    for (const [key, method] of Object.entries(given))
      out[key] = text(await c[method]());
    return out;
  },
  live: (c) => new Promise((resolve) => {
    const seen = [];
    c.getRealTimeLogs((p) => {
      seen.push({ pin: text(p.userId), time: digits(p.attTime) });
      if (seen.length === given)
        resolve(seen);
    });
  }),
};

async function main() {
  const client = clients[name]();
  await client.createSocket(() => {}, () => {});
  if (name.endsWith('-udp'))
    await client.connect();
  const result = await operations[operation](client);
  say(JSON.stringify(result) + '\n', () => {
    client.disconnect().finally(() => process.exit(0));
  });
}

main().catch((error) => {
  process.stderr.write(`${error && error.err ? error.err.message : error}\n`);
  process.exit(1);
});
