#!/usr/bin/env python3
"""Orders reach devices before their next poll would bring them: by a poll that is held, and by a datagram."""

import os
import pathlib
import random
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from device import Device, commands  # noqa: E402
from serve import Api, Server, Wire, program, request, send_request, until  # noqa: E402
from access_ledger import metric  # noqa: E402
from access_units import Main  # noqa: E402
from unit import Unit  # noqa: E402
import tap  # noqa: E402

HELD = "gatehouse_polls_held_total"
OPEN = "CONTROL DEVICE 01010105"


def registered(own, **more):
    """A unit for which nothing waits, as its registration queues nothing."""
    return More(own, **more).register()


class More(Unit):
    """A unit that can call from a certain address, and keep a poll in the air."""

    def __init__(self, server, source=None, **more):
        super().__init__(server, **more)
        self.source = source

    def request(self, method, target, body=None):
        reply = send_request(self.server.devices, method, target.replace("SN=", f"SN={self.sn}", 1), body,
                             source=self.source)
        return reply.status, reply.body

    def poll_each(self):
        found = self.poll()
        for number, _ in found:
            self.result(number)
        return found

    def begin(self):
        """A poll whose reply is not read yet."""
        wire = Wire(self.server.devices)
        wire.send(request("GET", f"/iclock/getrequest?SN={self.sn}"))
        return wire

    def hold(self):
        """The same, once the server holds it."""
        before = metric(self.server, HELD)
        wire = self.begin()
        until(lambda: metric(self.server, HELD) > before)
        return wire


def order(own, unit, door=1):
    return str(own.api.post(f"/api/doors/{unit.sn}:{door}/open", {"seconds": 5})["data"]["commandId"])


class MainMore(More, Main):
    """A main controller, with sub-controllers."""


class Held(unittest.TestCase):
    """access-hold: a poll that brings nothing is held."""

    FLAGS = ("--access-hold", "5")

    def server(self, *flags):
        own = Server("--new-devices", "approve", *flags, stay=True)
        self.addCleanup(own.close)
        return own

    def test_no_poll_is_held_unless_it_is_set(self):
        own = self.server()
        unit = registered(own)
        self.assertEqual(unit.poll(), [])
        self.assertEqual(metric(own, HELD), 0)

    def test_an_order_is_the_reply_to_a_poll_that_is_held(self):
        own = self.server(*self.FLAGS)
        unit = registered(own)
        with unit.hold() as wire:
            number = order(own, unit)
            reply = wire.reply()
        self.assertEqual(commands(reply.body), [(number, OPEN)])
        unit.result(number)
        self.assertEqual(own.api.command(number)["status"], "acknowledged")

    def test_an_order_for_a_sub_controller_is_the_reply_to_its_main(self):
        own = self.server(*self.FLAGS)
        main = MainMore(own)
        for sn in main.authorised():
            with main.hold() as wire:
                number = str(own.api.post(f"/api/doors/{sn}:1/open", {"seconds": 5})["data"]["commandId"])
                reply = wire.reply()
            self.assertIn(f"SN={sn},", reply.body.decode())
            self.assertIn(f"CmdID={number},CmdDesc=C:{number}:{OPEN}", reply.body.decode())
            main.result(number)
            self.assertEqual(own.api.command(number)["status"], "acknowledged")

    def test_without_orders_it_is_answered_when_its_time_is_over(self):
        own = self.server("--access-hold", "1")
        unit = registered(own)
        with unit.hold() as wire:
            self.assertEqual(wire.reply().body, b"OK")

    def test_of_two_polls_of_a_unit_the_later_one_is_held_and_gets_the_order(self):
        own = self.server(*self.FLAGS)
        unit = registered(own)
        with unit.hold() as first, unit.hold() as second:
            self.assertEqual(first.reply().body, b"OK")
            number = order(own, unit)
            self.assertEqual(commands(second.reply().body), [(number, OPEN)])

    def test_another_request_of_the_unit_ends_it_without_orders(self):
        own = self.server(*self.FLAGS)
        unit = registered(own)
        with unit.hold() as wire:
            unit.state("time=2026-06-01 08:00:00\tsensor=01\trelay=00\talarm=0000000000000000\tdoor=00000000")
            self.assertEqual(wire.reply().body, b"OK")

    def test_a_unit_that_leaves_takes_no_order_with_it(self):
        own = self.server(*self.FLAGS)
        unit = registered(own)
        for _ in range(10):
            with unit.hold():
                pass
            number = order(own, unit)
            until(lambda: own.api.command(number)["status"] in ("queued", "sent"))
            self.assertEqual([n for n, _ in unit.poll_each()], [number])

    def test_a_server_that_ends_answers_what_it_holds(self):
        own = self.server(*self.FLAGS)
        units = [registered(own) for _ in range(4)]
        wires = [u.hold() for u in units]
        own.terminate()
        for wire in wires:
            with wire:
                self.assertEqual(wire.reply().body, b"OK")

    def test_half_of_the_connections_are_held_at_the_most(self):
        own = self.server(*self.FLAGS, "--connections", "8", "--address-share", "100")
        units = [registered(own) for _ in range(5)]
        before = metric(own, HELD)
        wires = [u.hold() for u in units[:4]]
        # The fifth is not held, and what is held stays so.
        self.assertEqual(units[4].poll(), [])
        self.assertEqual(metric(own, HELD), before + 4)
        number = order(own, units[2])
        self.assertEqual(commands(wires[2].reply().body), [(number, OPEN)])
        for wire in wires:
            wire.close()

    def test_orders_for_all_doors_of_many_units_are_given_once(self):
        own = self.server("--access-hold", "1")
        units = [registered(own) for _ in range(6)]
        given, ended = {}, threading.Event()

        def run(unit):
            while not ended.is_set():
                for number, _ in unit.poll_each():
                    given.setdefault(number, []).append(unit.sn)

        threads = [threading.Thread(target=run, args=(u,)) for u in units]
        for t in threads:
            t.start()
        chance, asked = random.Random(7), {}
        try:
            for i in range(60):
                unit, door = units[i % 6], 1 + i // 6 % 2
                asked[order(own, unit, door)] = unit.sn
                until(lambda: all(own.api.command(n)["status"] != "queued" for n in list(asked)[-12:]))
                time.sleep(chance.random() / 50)
            until(lambda: set(asked) <= set(given))
        finally:
            ended.set()
            for t in threads:
                t.join()
        self.assertEqual({n: given[n] for n in asked}, {n: [sn] for n, sn in asked.items()})


class Datagrams(unittest.TestCase):
    """udpWake: R-CMD to UDP port 4374 of the address that a device polls from."""

    addresses = iter(f"127.43.{os.getpid() % 250 + 1}.{n}" for n in range(1, 250))

    def setUp(self):
        self.own = Server("--new-devices", "approve", "--delay", "3600", stay=True)
        self.addCleanup(self.own.close)

    def listener(self):
        """An address, and a socket for datagrams there."""
        at = next(self.addresses)
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((at, 4374))
        s.settimeout(60)
        self.addCleanup(s.close)
        return at, s

    def quiet(self, s):
        """Whatever is sent later is there already when an answer of the API is."""
        s.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            s.recv(64)
        s.settimeout(60)

    def unit(self):
        at, s = self.listener()
        unit = registered(self.own, source=at)
        unit.poll()
        return unit, s

    def clock(self, **more):
        at, s = self.listener()
        clock = Device(self.own, source=at, **more)
        clock.handshake()
        clock.work()
        return clock, s

    def test_none_is_sent_unless_it_is_set_for_the_device(self):
        for device, s in (self.unit(), self.clock()):
            self.own.api.queue(device.sn, "REBOOT" if isinstance(device, Device) else OPEN)
            self.quiet(s)

    def test_an_order_is_announced_to_devices_of_both_protocols(self):
        for device, s in (self.unit(), self.clock()):
            self.own.api.change(device.sn, udpWake=True)
            self.assertTrue(self.own.api.device(device.sn)["udpWake"])
            device.poll()
            number = str(self.own.api.post("/api/commands", {"deviceSerial": device.sn, "type": "unlock"})
                         ["data"]["commandId"])
            self.assertEqual(s.recv(64), b"R-CMD")
            self.assertEqual([n for n, _ in device.poll()], [number])
            self.quiet(s)

    def test_an_order_for_a_sub_controller_is_announced_to_its_main(self):
        at, s = self.listener()
        main = MainMore(self.own, source=at)
        main.authorised()
        self.own.api.change(main.sn, udpWake=True)
        main.poll()
        self.own.api.post(f"/api/doors/{main.subs[1]}:2/open", {})
        self.assertEqual(s.recv(64), b"R-CMD")
        _, body = main.request("GET", "/iclock/getrequest?SN=")
        self.assertIn(f"SN={main.subs[1]},".encode(), body)
        self.assertIn(b"CONTROL DEVICE 01020105", body)

    def test_not_more_than_one_a_second_and_the_last_order_is_announced_too(self):
        clock, s = self.clock()
        self.own.api.change(clock.sn, udpWake=True)
        clock.poll()
        self.own.api.queue(clock.sn, "LOG")
        self.assertEqual(s.recv(64), b"R-CMD")
        first = time.monotonic()
        self.assertEqual(len(clock.work()), 1)
        for _ in range(20):
            self.own.api.queue(clock.sn, "LOG")
        self.assertEqual(s.recv(64), b"R-CMD")
        self.assertGreater(time.monotonic() - first, 0.9)
        self.assertTrue(clock.work())
        time.sleep(1.2)
        self.quiet(s)

    def test_it_goes_where_the_device_polled_last_and_nowhere_else(self):
        clock, before = self.clock(key="s3cret")
        self.own.api.change(clock.sn, udpWake=True, commKey="s3cret")
        clock.handshake()
        clock.poll()
        # Another party shows its serial number without its key.
        at, other = self.listener()
        self.assertNotEqual(Device(self.own, clock.sn, source=at).get(
            f"/iclock/getrequest?SN={clock.sn}").status, 200)
        self.own.api.queue(clock.sn, "LOG")
        self.assertEqual(before.recv(64), b"R-CMD")
        self.quiet(other)
        clock.work()
        # The device itself moves.
        moved = Device(self.own, clock.sn, key="s3cret", source=at)
        moved.handshake()
        moved.poll()
        self.own.api.queue(clock.sn, "LOG")
        self.assertEqual(other.recv(64), b"R-CMD")
        self.quiet(before)

    def test_simulated_devices_poll_at_once(self):
        for kind, sn in (("attendance", "UDPA"), ("access", "UDPC")):
            at = next(self.addresses)
            sim = subprocess.Popen([program(), "sim", kind, "--server", f"http://{self.own.devices[0]}:{self.own.devices[1]}",
                                    "--from", at, "--sn", sn, "--punches", "0", "--pace", "3600000"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(sim.wait)
            self.addCleanup(sim.terminate)
            name = sn + "000001"
            until(lambda: name in self.own.api.devices())
            self.own.api.change(name, udpWake=True)
            # Once it polls, which it does no more for an hour.
            own = self.own.api.post("/api/commands", {"deviceSerial": name, "command": "INFO" if kind == "attendance"
                                                      else "GET OPTIONS LockCount"})["data"]["commandId"]
            until(lambda: self.own.api.command(own)["status"] == "acknowledged")
            number = self.own.api.post("/api/commands", {"deviceSerial": name, "type": "unlock"})["data"]["commandId"]
            until(lambda: self.own.api.command(number)["status"] == "acknowledged")


if __name__ == "__main__":
    tap.main()
