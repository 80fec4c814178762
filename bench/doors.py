"""How long an order to open a door takes to reach its unit, beside many units that poll.

As many units as are given register and poll, each every two seconds, over connections of their own that
stay open. Meanwhile a door is opened again and again: from the answer of POST … open, which comes after its
row of the audit and the order are committed, its unit polls at once, and what is measured is the time until
the reply with the order is there. The reference is the same poll of a unit for which nothing waits, in the
same run: it is answered from memory."""

import asyncio
import json
import statistics
import time

POLL_S = 2.0
PARAMETERS = "DeviceType=acc,~DeviceName=inBio260,LockCount=4,ReaderCount=4,MachineType=101"


class Unit:
    def __init__(self, address, sn):
        self.address, self.sn = address, sn
        self.lock = asyncio.Lock()
        self.reader = self.writer = None

    async def request(self, method, target, body=b""):
        """One after the other on a connection; the body of the reply."""
        async with self.lock:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(*self.address)
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


async def measure(devices, admin, token, units, seconds):
    fleet = [Unit(devices, f"BENCH{n:06}") for n in range(units)]
    for at in range(0, units, 50):
        await asyncio.gather(*(u.register() for u in fleet[at:at + 50]))
    # The last few are opened, and poll when they are.
    opened, rest = fleet[-20:], fleet[:-20]
    for u in opened:
        while await u.poll() != b"OK":
            pass
    tasks = [asyncio.create_task(u.polls(POLL_S * n / max(1, len(rest)))) for n, u in enumerate(rest)]
    await asyncio.sleep(POLL_S)
    api = Unit(admin, "")
    times, empty, n, end = [], [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        unit = opened[n % len(opened)]
        n += 1
        start = time.perf_counter()
        await unit.poll()
        empty.append(time.perf_counter() - start)
        body = json.dumps({"seconds": 5}).encode()
        async with api.lock:
            reader, writer = await asyncio.open_connection(*admin)
            writer.write(f"POST /api/doors/{unit.sn}:1/open HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
                         f"Content-Type: application/json\r\nConnection: close\r\n"
                         f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 202"), answer
            writer.close()
        start = time.perf_counter()
        reply = await unit.poll()
        times.append(time.perf_counter() - start)
        assert b"CONTROL DEVICE 01010105" in reply, reply
        number = reply.split(b":")[1].decode()
        await unit.request("POST", f"/iclock/devicecmd?SN={unit.sn}", f"ID={number}&Return=0&CMD=CONTROL DEVICE".encode())
        await asyncio.sleep(0.02)
    for t in tasks:
        t.cancel()
    return times, empty


def percentile(values, p):
    return sorted(values)[min(len(values) - 1, int(len(values) * p / 100))]


def run(devices, admin, token, units=1000, seconds=20):
    """Milliseconds: p50 and p99 of the poll with the order, and of the empty one."""
    times, empty = asyncio.run(measure(devices, admin, token, units, seconds))
    return {"orders": len(times),
            "p50_ms": statistics.median(times) * 1e3, "p99_ms": percentile(times, 99) * 1e3,
            "empty_p50_ms": statistics.median(empty) * 1e3, "empty_p99_ms": percentile(empty, 99) * 1e3}
