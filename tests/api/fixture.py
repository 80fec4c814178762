"""What the programs that call the API share: a server, clocks, and calls that must be refused."""

import unittest

from device import Device
from serve import ApiError, Server

server = None


def serve():
    """The server of a module's tests, ended with them."""
    global server
    server = Server("--new-devices", "approve")
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
    d.upload("OPERLOG", "USER PIN=1\tName=Ann\tPri=14\tPasswd=4711\n"
                        "FP PIN=1\tFID=1\tSize=4\tValid=1\tTMP=AAAA\n"
                        "FACE PIN=1\tFID=0\tSIZE=4\tVALID=1\tTMP=BBBB\n"
                        "OPLOG 4\t0\t2024-06-01 08:00:00\t0\t0\t0\t0\n"
                        "WORKCODE PIN=1\tCODE=3\tNAME=Weld\n", 1)
    d.upload("IDCARD", "IDCARD PIN=1\tIDNum=123\tName=Ann\n", 1)
    d.upload("ERRORLOG", "ERRORLOG ErrCode=D01E0001\tErrMsg=\tDataOrigin=cmd\tCmdId=1\t"
                         "Additional=\n", 1)
    d.upload("ATTPHOTO", b"PIN=20240601080000-1.jpg\nSN=x\nsize=4\nCMD=uploadphoto\0\xff\xd8"
                         b"\xff\xd9", 1)
    d.upload("ATTLOG", b"rubbish\xff\n", 2)
    d.upload("SURPRISE", b"\0\1\2", 1)
    return d
