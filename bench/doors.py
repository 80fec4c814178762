"""How long an order to open a door takes to reach its unit, beside many units that poll.

As many units as are given register and poll, each every two seconds, over connections of their own that
stay open. Meanwhile a door is opened again and again: from the answer of POST … open, which comes after its
row of the audit and the order are committed, its unit polls at once, and what is measured is the time until
the reply with the order is there. The reference is the same poll of a unit for which nothing waits, in the
same run: it is answered from memory.

Two other ways are measured from the request to the API until the order is at the unit: "held", where a poll of
the unit is held (the other units poll twice as seldom, as the server holds each for five seconds), and
"udp", where a datagram comes first. "passing" is the way back: from before the first byte of an event leaves
its unit until a reader of the live stream has it, which is after it is on disk."""

import asyncio
import json
import socket
import statistics
import time

POLL_S = 2.0
# After all units have registered at once: what the server commits of that is over.
SETTLE_S = 8.0
PARAMETERS = "DeviceType=acc,~DeviceName=inBio260,LockCount=4,ReaderCount=4,MachineType=101"


class Unit:
    def __init__(self, address, sn, source=None):
        self.address, self.sn, self.source = address, sn, source
        self.lock = asyncio.Lock()
        self.reader = self.writer = None

    async def request(self, method, target, body=b""):
        """One after the other on a connection; the body of the reply."""
        async with self.lock:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(
                    *self.address, local_addr=self.source and (self.source, 0))
            self.writer.write(f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
                              .encode() + body)
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                           if line.startswith(b"content-length:")), 0)
            reply = await self.reader.readexactly(length)
            if b"connection: close" in head.lower():
                self.writer.close()
                self.writer = None
            return reply

    async def register(self):
        await self.request("GET", f"/iclock/cdata?SN={self.sn}&pushver=3.1.2&options=all&DeviceType=acc")
        await self.request("POST", f"/iclock/registry?SN={self.sn}", PARAMETERS.encode())
        await self.request("POST", f"/iclock/push?SN={self.sn}")

    async def poll(self):
        return await self.request("GET", f"/iclock/getrequest?SN={self.sn}")

    async def polls(self, delay):
        await asyncio.sleep(delay)
        while True:
            await self.poll()
            await asyncio.sleep(POLL_S)


class Api:
    def __init__(self, address, token):
        self.address, self.token = address, token

    async def call(self, method, path, body, want=b"HTTP/1.1 202"):
        body = json.dumps(body).encode()
        reader, writer = await asyncio.open_connection(*self.address)
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
                     f"Content-Type: application/json\r\nConnection: close\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.read()
        assert answer.startswith(want), answer
        writer.close()

    async def open(self, unit):
        await self.call("POST", f"/api/doors/{unit.sn}:1/open", {"seconds": 5})


async def carried_out(unit, reply):
    assert b"CONTROL DEVICE 01010105" in reply, reply
    number = reply.split(b":")[1].decode()
    await unit.request("POST", f"/iclock/devicecmd?SN={unit.sn}", f"ID={number}&Return=0&CMD=CONTROL DEVICE".encode())


async def poll_after(api, unit, empty):
    """The poll after the order is there; the time of the poll."""
    start = time.perf_counter()
    await unit.poll()
    empty.append(time.perf_counter() - start)
    await api.open(unit)
    start = time.perf_counter()
    reply = await unit.poll()
    return time.perf_counter() - start, reply


async def poll_held(api, unit, _):
    """The poll that is held when the order comes; from the beginning of its call."""
    poll = asyncio.create_task(unit.poll())
    await asyncio.sleep(0.05)
    start = time.perf_counter()
    order = asyncio.create_task(api.open(unit))
    reply = await poll
    took = time.perf_counter() - start
    await order
    return took, reply


async def poll_woken(api, unit, _):
    """The poll that follows a datagram."""
    # Not more than one is sent in a second.
    await asyncio.sleep(max(0, unit.woken + 1.1 - time.monotonic()))
    start = time.perf_counter()
    order = asyncio.create_task(api.open(unit))
    assert await asyncio.get_running_loop().sock_recv(unit.socket, 64) == b"R-CMD"
    unit.woken = time.monotonic()
    reply = await unit.poll()
    took = time.perf_counter() - start
    await order
    return took, reply


async def stream_open(api):
    """A reader of access events of the live stream."""
    reader, writer = await asyncio.open_connection(*api.address)
    writer.write(f"GET /api/events?topics=access HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                 f"Authorization: Bearer {api.token}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    api.passages = 0
    return reader, writer


async def event_passed(api, unit, _):
    """An event of a unit until it is in the live stream."""
    api.passages += 1
    n, pin = api.passages, f"P{api.passages}"
    line = (f"time=2026-03-01 {n // 3600 + 8:02}:{n // 60 % 60:02}:{n % 60:02}\tpin={pin}\tcardno=0\teventaddr=1"
            f"\tevent=0\tinoutstatus=0\tverifytype=4\tindex={n}\r\n")
    start = time.perf_counter()
    reply = asyncio.create_task(unit.request("POST", f"/iclock/cdata?SN={unit.sn}&table=rtlog", line.encode()))
    while f'"{pin}"'.encode() not in await asyncio.wait_for(api.stream[0].readline(), 60):
        pass
    took = time.perf_counter() - start
    assert await reply == b"OK"
    return took, None


WAYS = {"opening": poll_after, "held": poll_held, "udp": poll_woken, "passing": event_passed}


async def wake_prepare(api, unit):
    """A datagram is sent to the address that it polls from."""
    unit.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    unit.socket.bind((unit.source, 4374))
    unit.socket.setblocking(False)
    unit.woken = 0
    await api.call("PATCH", f"/api/devices/{unit.sn}", {"udpWake": True}, b"HTTP/1.1 200")
    await unit.poll()


async def measure(devices, admin, token, units, seconds, way):
    fleet = [Unit(devices, f"BENCH{n:06}", f"127.44.0.{units - n}" if way == "udp" and n >= units - 20 else None)
             for n in range(units)]
    api = Api(admin, token)
    for at in range(0, units, 50):
        await asyncio.gather(*(u.register() for u in fleet[at:at + 50]))
    # The last few are opened, and poll when they are.
    opened, rest = fleet[-20:], fleet[:-20]
    for u in opened if way == "udp" else ():
        await wake_prepare(api, u)
    if way == "passing":
        api.stream = await stream_open(api)
    tasks = [asyncio.create_task(u.polls(POLL_S * n / max(1, len(rest)))) for n, u in enumerate(rest)]
    await asyncio.sleep(SETTLE_S)
    times, empty, n, end = [], [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        unit = opened[n % len(opened)]
        n += 1
        took, reply = await WAYS[way](api, unit, empty)
        times.append(took)
        if reply:
            await carried_out(unit, reply)
        await asyncio.sleep(0.02)
    for t in tasks:
        t.cancel()
    for u in opened if way == "udp" else ():
        u.socket.close()
    if way == "passing":
        api.stream[1].close()
    return times, empty


def percentile(values, p):
    return sorted(values)[min(len(values) - 1, int(len(values) * p / 100))]


def run(devices, admin, token, units=1000, seconds=20, way="opening"):
    """Milliseconds: p50 and p99 of the poll with the order, and of the empty one."""
    times, empty = asyncio.run(measure(devices, admin, token, units, seconds, way))
    found = {"orders": len(times), "p50_ms": statistics.median(times) * 1e3, "p99_ms": percentile(times, 99) * 1e3}
    if empty:
        found |= {"empty_p50_ms": statistics.median(empty) * 1e3, "empty_p99_ms": percentile(empty, 99) * 1e3}
    return found
