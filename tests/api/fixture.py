"""What the programs that call the API share: a server, clocks, and calls that must be refused."""

import unittest

from device import UPLOADS, Device
from serve import ApiError, Server
from unit import Unit, row

server = None


def serve(*more):
    """The server of a module's tests, ended with them."""
    global server
    server = Server("--new-devices", "approve", *more)
    unittest.addModuleCleanup(server.close)
    return server


def clock(on=None):
    d = Device(on or server)
    d.options()
    return d


def refusal(test, status, code, method, path, body=None, api=None):
    """A call that must be refused so; the reply."""
    with test.assertRaises(ApiError) as caught:
        (api or server.api).call(method, path, body)
    test.assertEqual((caught.exception.status, caught.exception.reply.get("code")),
                     (status, code), caught.exception)
    return caught.exception.reply


def filled():
    """A device that sent some of everything."""
    d = clock()
    d.punch(("1", "2024-06-01 08:00:00", 1, 15, "3"), ("2", "2024-02-30 08:00:00"))
    for table, body in UPLOADS:
        d.upload(table, body, 1)
    d.upload("ATTLOG", b"rubbish\xff\n", 2)
    d.upload("SURPRISE", b"\0\1\2", 1)
    return d


def opened(sn=None):
    """An access unit that sent some events."""
    u = Unit(server, sn).register()
    u.live(row("2024-06-01 08:00:00", 0, "1", 1, 1, 0, "4", "123"),
           row("2024-06-01 08:00:01", 23, "2", 2, 2, 1),
           row("2024-06-01 08:00:02", 206, "0", 0, None, 2, "200"))
    u.state("time=2024-06-01 08:00:03\tsensor=09\trelay=02\talarm=0100000000000000\tdoor=00000000")
    return u
