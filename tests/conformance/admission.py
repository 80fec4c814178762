#!/usr/bin/env python3
"""The admission of devices: a serial number proves nothing, and a device that waits loses
nothing."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog, serial  # noqa: E402
from serve import ApiError, Server, Wire, send_request, until  # noqa: E402

server = None
ROWS = (("1", "2024-05-01 08:00:00"), ("2", "2024-05-01 08:00:01"))


def setUpModule():
    global server
    server = Server()
    unittest.addModuleCleanup(server.close)


class Held(unittest.TestCase):
    def everything(self, d):
        """Each thing a device can send_request for."""
        yield d.handshake()
        yield d.get(f"/iclock/getrequest?SN={d.sn}")
        yield d.punch(*ROWS, stamp=1)
        yield d.upload("OPERLOG", "USER PIN=1\tName=A\n", 1)
        yield d.upload("options", "~DeviceName=X\n")
        yield d.upload("ATTPHOTO", b"PIN=20240101000000-1\nSN=x\nsize=4\nCMD=uploadphoto\0JPEG", 1)
        yield d.upload("WHATEVER", b"x", 1)
        yield d.answer("ID=1&Return=0&CMD=LOG\n")
        yield d.get(f"/iclock/ping?SN={d.sn}")
        yield d.get(f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=1")

    def silent(self, d, server):
        for reply in self.everything(d):
            self.assertFalse(reply.status == 200 and b"OK" in reply.body, reply)
            self.assertNotEqual(reply.status, 200)
            self.assertNotIn(b"UNKNOWN DEVICE", reply.body)
            self.assertFalse(300 <= reply.status < 400)
        self.assertEqual(server.api.punches(device=d.sn), [])

    def test_an_unknown_device_is_held_and_gets_no_ok(self):
        self.silent(Device(server), server)

    def test_its_first_request_lists_it_whatever_that_was(self):
        for send in (lambda d: d.handshake(), lambda d: d.punch(*ROWS, stamp=1),
                        lambda d: d.get(f"/iclock/getrequest?SN={d.sn}"),
                        lambda d: d.answer("ID=1&Return=0\n"),
                        lambda d: d.get(f"/iclock/ping?SN={d.sn}")):
            d = Device(server)
            send(d)
            row = server.api.devices()[d.sn]
            self.assertEqual(row["state"], "held")
            self.assertEqual(row["pendingCommands"], 0)
            self.assertIn("isActive", row)
            self.assertIn("stats", row)

    def test_what_it_tried_can_be_seen(self):
        d = Device(server)
        d.punch(*ROWS, stamp=4711)
        trace = server.api.get(f"/api/devices/{d.sn}/trace")["data"]
        self.assertEqual(trace[0]["target"], f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=4711")
        self.assertEqual(trace[0]["method"], "POST")
        self.assertIn("iClock Proxy/1.09", str(trace[0]["headers"]))
        self.assertIn("2024-05-01 08:00:00", trace[0]["body"])
        self.assertNotEqual(trace[0]["status"], 200)

    def test_after_approval_everything_flows_and_nothing_was_lost(self):
        d = Device(server)
        self.silent(d, server)
        server.api.approve(d.sn)
        self.assertEqual(server.api.devices()[d.sn]["state"], "approved")
        self.assertIn("ATTLOGStamp", d.options())
        self.assertEqual(d.punch(*ROWS, stamp=9).body, b"OK:2")
        self.assertEqual([p["pin"] for p in server.api.punches(device=d.sn)], ["1", "2"])
        self.assertEqual(d.poll(), [])
        self.assertEqual(d.get(f"/iclock/ping?SN={d.sn}").body, b"OK")

    def test_a_held_device_did_not_move_its_stamp(self):
        d = Device(server)
        d.punch(*ROWS, stamp=5555)
        server.api.approve(d.sn)
        self.assertNotEqual(d.options().get("ATTLOGStamp"), "5555")

    def test_a_blocked_device_is_turned_away_again(self):
        d = Device(server)
        d.handshake()
        server.api.approve(d.sn)
        self.assertEqual(d.handshake().status, 200)
        server.api.post(f"/api/devices/{d.sn}/block")
        self.assertEqual(server.api.devices()[d.sn]["state"], "blocked")
        self.silent(d, server)
        server.api.approve(d.sn)
        self.assertEqual(d.handshake().status, 200)

    def test_commands_wait_until_a_device_is_approved_again(self):
        d = Device(server)
        d.handshake()
        server.api.approve(d.sn)
        number = server.api.queue(d.sn, "LOG")
        server.api.post(f"/api/devices/{d.sn}/block")
        self.assertNotEqual(d.get(f"/iclock/getrequest?SN={d.sn}").status, 200)
        self.assertEqual(server.api.command(number)["status"], "queued")
        server.api.approve(d.sn)
        self.assertEqual(d.poll(), [(str(number), "LOG")])

    def test_a_deleted_device_is_unknown_again(self):
        d = Device(server)
        d.handshake()
        server.api.approve(d.sn)
        d.options()
        d.punch(*ROWS, stamp=3)
        server.api.call("DELETE", f"/api/devices/{d.sn}")
        self.assertNotIn(d.sn, server.api.devices())
        with self.assertRaises(ApiError) as caught:
            server.api.device(d.sn)
        self.assertEqual(caught.exception.status, 404)
        self.assertNotEqual(d.handshake().status, 200)
        self.assertEqual(server.api.devices()[d.sn]["state"], "held")
        self.assertEqual(len(server.api.punches(device=d.sn)), 2, "punches stay in the ledger")

    def test_a_state_survives_a_restart(self):
        with Server() as own:
            held, approved, out = Device(own), Device(own), Device(own)
            for d in (held, approved, out):
                d.handshake()
            own.api.approve(approved.sn)
            own.api.post(f"/api/devices/{out.sn}/block")
            own.restart("kill")
            rows = own.api.devices()
            self.assertEqual([rows[d.sn]["state"] for d in (held, approved, out)],
                             ["held", "approved", "blocked"])
            self.assertEqual([d.handshake().status == 200 for d in (held, approved, out)],
                             [False, True, False])

    def test_a_device_that_was_never_seen_cannot_be_approved(self):
        with self.assertRaises(ApiError) as caught:
            server.api.approve("NEVERSEEN")
        self.assertEqual(caught.exception.status, 404)

    def test_an_odd_serial_number_is_refused_and_not_listed(self):
        before = set(server.api.devices())
        for sn in ("", "a" * 33, "a%00b", "..%2f..", "%3Cscript%3E", "a%20b", "a'b", "%C3%A4"):
            reply = send_request(server.devices, "GET", f"/iclock/cdata?SN={sn}&options=all")
            self.assertGreaterEqual(reply.status, 400)
        reply = send_request(server.devices, "GET", "/iclock/cdata?options=all")
        self.assertGreaterEqual(reply.status, 400)
        self.assertEqual(set(server.api.devices()), before)


class Crowd(unittest.TestCase):
    """Serial numbers that are made up."""

    def made_up(self, own, numbers, source="127.0.0.9"):
        return [Device(own, sn=f"MADEUP{n:06d}", source=source).handshake().status for n in numbers]

    def figure(self, own, name):
        _, _, text = own.api.raw("GET", "/metrics")
        return int(next(line.split()[1] for line in text.decode().splitlines()
                        if line.startswith(name + " ")))

    def kinds(self, own):
        return {p["kind"] for p in own.api.get("/api/problems")["data"]}

    def test_they_crowd_out_neither_what_is_known_nor_what_is_new(self):
        for flags in (("--devices", "20"), ("--held-devices", "19")):
            with Server(*flags) as own:
                ours = Device(own)
                ours.handshake()
                own.api.approve(ours.sn)
                self.assertEqual(set(self.made_up(own, range(30))), {503})
                self.assertEqual(ours.punch(*ROWS).body, b"OK:2")
                new = Device(own)
                self.assertEqual(new.handshake().status, 503)
                # More of them come: its place is not theirs.
                self.made_up(own, range(30, 60))
                rows = own.api.devices()
                self.assertEqual(rows[new.sn]["state"], "held")
                self.assertLessEqual(len(rows), 20)
                self.assertIn("MADEUP000059", rows)
                self.assertNotIn("MADEUP000000", rows)
                self.assertGreaterEqual(self.figure(own, "gatehouse_held_devices_dropped_total"),
                                        40)
                self.assertIn("held_devices_full", self.kinds(own))
                own.api.approve(new.sn)
                self.assertEqual(new.punch(*ROWS).body, b"OK:2")
                own.restart()
                self.assertEqual(own.api.devices()[new.sn]["state"], "approved")

    def test_a_newcomer_to_a_full_register_gets_its_reason(self):
        with Server("--devices", "2") as own:
            for d in (Device(own), Device(own)):
                d.handshake()
                own.api.approve(d.sn)
            reply = Device(own).handshake()
            self.assertEqual((reply.status, reply.body),
                             (503, b"the register of devices is full"))
            self.assertEqual(self.figure(own, "gatehouse_devices_full_total"), 1)
            self.assertIn("devices_full", self.kinds(own))
            self.assertEqual(len(own.api.devices()), 2)

    def test_those_that_wait_are_removed_at_once(self):
        with Server() as own:
            ours, blocked = Device(own), Device(own)
            for d in (ours, blocked):
                d.handshake()
            own.api.approve(ours.sn)
            own.api.post(f"/api/devices/{blocked.sn}/block")
            self.made_up(own, range(40))
            for query in ("", "?state=approved", "?state=x"):
                with self.assertRaises(ApiError) as caught:
                    own.api.call("DELETE", "/api/devices" + query)
                self.assertEqual(caught.exception.status, 400)
            self.assertEqual(len(own.api.devices()), 42)
            reply = own.api.call("DELETE", "/api/devices?state=held")
            self.assertEqual(reply["deleted"], 40)
            self.assertEqual(set(own.api.devices()), {ours.sn, blocked.sn})
            self.assertEqual(own.api.call("DELETE", "/api/devices?state=held")["deleted"], 0)
            # Who is genuine comes again.
            self.made_up(own, [7])
            self.assertEqual(own.api.devices()["MADEUP000007"]["state"], "held")


class Policies(unittest.TestCase):
    def test_approve_lets_newcomers_in_at_once(self):
        with Server("--new-devices", "approve") as own:
            d = Device(own)
            self.assertEqual(d.punch(*ROWS, stamp=1).status, 200)
            self.assertEqual(own.api.devices()[d.sn]["state"], "approved")

    def test_refuse_turns_newcomers_away_without_a_row(self):
        with Server("--new-devices", "approve") as own:
            known = Device(own)
            known.options()
            own.flags = ["--new-devices", "refuse"]
            own.restart()
            d = Device(own)
            self.assertGreaterEqual(d.handshake().status, 400)
            self.assertGreaterEqual(d.punch(*ROWS).status, 400)
            self.assertNotIn(d.sn, own.api.devices())
            self.assertEqual(known.handshake().status, 200)

    def test_a_wrong_policy_ends_the_program_with_a_message(self):
        own = Server("--new-devices", "sometimes", start=False)
        self.addCleanup(own.close)
        self.assertNotEqual(own.spawn().wait(60), 0)
        self.assertIn("sometimes", own.log())


class CommKey(unittest.TestCase):
    def test_a_device_with_a_key_must_send_it(self):
        d = Device(server, key="s3cret")
        d.handshake()
        server.api.approve(d.sn)
        server.api.change(d.sn, commKey="s3cret")
        self.assertEqual(d.handshake().status, 200)
        for key in ("wrong", "", None, "S3CRET", "s3cret2"):
            self.assertGreaterEqual(Device(server, sn=d.sn, key=key).handshake().status, 400, key)
        self.assertEqual(d.handshake().status, 200)

    def keyed(self, on=None):
        """A device with a key that it has shown."""
        on = on or server
        d = Device(on, key="s3cret")
        d.handshake()
        on.api.approve(d.sn)
        on.api.change(d.sn, commKey="s3cret")
        self.assertEqual(d.handshake().status, 200)
        return d

    def problems(self, sn, on=None):
        return {p["kind"]: p for p in
                (on or server).api.get(f"/api/problems?subject={sn}")["data"]}

    def test_the_serial_number_alone_gives_and_changes_nothing(self):
        d = self.keyed()
        d.punch(ROWS[0], stamp=7)
        number = server.api.queue(d.sn, "CHECK")
        before = server.api.device(d.sn)
        stranger = Device(server, sn=d.sn, source="127.0.0.9", pushver="9.9", language="83",
                          extra="&DeviceType=acc")
        for key in (None, "guess"):
            stranger.key = key
            for reply in (stranger.handshake(), stranger.punch(("66", "2024-05-01 09:10:00"), stamp=9),
                          stranger.upload("OPERLOG", "USER PIN=6\tPri=14\n", 9),
                          stranger.get(f"/iclock/getrequest?SN={d.sn}"),
                          stranger.get(f"/iclock/cdata?SN={d.sn}&PIN=1"),
                          stranger.answer(f"ID={number}&Return=0&CMD=CHECK\n")):
                self.assertEqual(reply.status, 401, reply)
        after = server.api.device(d.sn)
        self.assertEqual(after, dict(before, problems=3))
        self.assertEqual(server.api.command(number)["status"], "queued")
        self.assertEqual([p["pin"] for p in server.api.punches(device=d.sn)], ["1"])
        found = self.problems(d.sn)
        for kind in ("comm_key_wrong", "comm_key_not_shown", "serial_from_two_addresses"):
            self.assertIn("127.0.0.9", found[kind]["detail"])
        # The device itself notices nothing of it.
        self.assertEqual(d.punch(ROWS[1], stamp=8).body, b"OK:1")
        self.assertEqual(d.poll(), [(str(number), "CHECK")])
        self.assertEqual(d.options()["ATTLOGStamp"], "8")

    def test_with_its_key_a_device_comes_from_a_new_address(self):
        d = self.keyed()
        d.source = "127.0.0.9"
        self.assertEqual(d.punch(*ROWS).status, 401)
        self.assertEqual(d.handshake().status, 200)
        self.assertEqual(d.punch(*ROWS).body, b"OK:2")
        self.assertEqual(server.api.device(d.sn)["provenAddress"], "127.0.0.9")
        self.assertNotIn("comm_key_not_shown", self.problems(d.sn))

    def test_what_was_shown_survives_a_restart_before_the_first_upload(self):
        with Server() as own:
            d = self.keyed(own)
            for how in ("kill", "terminate"):
                own.restart(how)
                self.assertEqual(Device(own, sn=d.sn, source="127.0.0.9").punch(*ROWS).status, 401)
                self.assertEqual(d.punch(*ROWS).body, b"OK:2")

    def test_a_key_that_is_set_is_waited_for(self):
        d = Device(server, key="s3cret")
        d.handshake()
        server.api.approve(d.sn)
        self.assertEqual(d.punch(ROWS[0]).status, 200)
        server.api.change(d.sn, commKey="s3cret")
        self.assertEqual(d.punch(ROWS[1]).status, 401)
        self.assertEqual(d.handshake().status, 200)
        self.assertEqual(d.punch(ROWS[1]).status, 200)

    def test_the_proof_may_be_wider_than_the_address(self):
        for proof, sources in (("network", {"127.0.0.9": 200, "127.0.1.1": 401}),
                               ("anywhere", {"127.0.0.9": 200, "127.0.1.1": 200})):
            with Server("--key-proof", proof) as own:
                d = self.keyed(own)
                for source, status in sources.items():
                    other = Device(own, sn=d.sn, source=source)
                    self.assertEqual(other.punch(*ROWS).status, status, (proof, source))
                    self.assertEqual(other.handshake().status, 401)

    def test_one_who_guesses_is_slowed_and_the_device_is_not(self):
        with Server() as own:
            d = self.keyed(own)
            guesser = Device(own, sn=d.sn, source="127.0.0.9", key="guess")
            seen = [guesser.handshake().status for _ in range(14)]
            self.assertEqual(seen[0], 401)
            self.assertIn(429, seen)
            guesser.key = "s3cret"
            self.assertEqual(guesser.handshake().status, 429)
            self.assertEqual(d.handshake().status, 200)
            self.assertEqual(d.punch(*ROWS).status, 200)

    def test_a_clock_without_a_key_may_come_from_anywhere(self):
        d = Device(server)
        d.handshake()
        server.api.approve(d.sn)
        d.options()
        d.source = "127.0.0.9"
        self.assertEqual(d.punch(*ROWS).body, b"OK:2")
        self.assertEqual(d.poll(), [])
        self.assertEqual(self.problems(d.sn)["serial_from_two_addresses"]["detail"],
                         "127.0.0.1 and 127.0.0.9")

    def test_a_deleted_device_leaves_neither_its_key_nor_its_settings(self):
        with Server() as own:
            d = Device(own, key="s3cret")
            d.handshake()
            own.api.approve(d.sn)
            fresh = own.api.device(d.sn)
            changed = own.api.change(d.sn, commKey="s3cret", name="Gate", zone="Asia/Tokyo",
                                     delay=17, errorDelay=71)
            settings = ("hasCommKey", "name", "zone", "delay", "errorDelay")
            for key in settings:
                self.assertNotEqual(changed[key], fresh[key], key)
            self.assertEqual(d.handshake().status, 200)
            own.api.call("DELETE", f"/api/devices/{d.sn}")
            # It comes again with another key, is approved again, and the server reads it back.
            again = Device(own, sn=d.sn, key="another")
            again.handshake()
            own.api.approve(d.sn)
            for how in (None, "terminate", "kill"):
                if how:
                    own.restart(how)
                row = own.api.device(d.sn)
                self.assertEqual([row[k] for k in settings], [fresh[k] for k in settings], how)
                for key in ("another", "s3cret", None):
                    reply = Device(own, sn=d.sn, key=key).handshake()
                    self.assertEqual(reply.status, 200, (how, key))

    def test_the_key_is_never_shown(self):
        d = Device(server, key="topsecretkey")
        d.handshake()
        server.api.approve(d.sn)
        server.api.change(d.sn, commKey="topsecretkey")
        d.handshake()
        for path in ("/api/devices", f"/api/devices/{d.sn}"):
            _, _, body = server.api.raw("GET", path)
            self.assertNotIn(b"topsecretkey", body, path)
        self.assertNotIn("topsecretkey", server.log(10**7))

    def test_without_a_key_of_its_own_any_is_fine(self):
        d = Device(server, key="whatever")
        d.handshake()
        server.api.approve(d.sn)
        self.assertEqual(d.handshake().status, 200)


class Seen(unittest.TestCase):
    """Whatever comes leaves a trace, and no trace in the log gives a secret away."""

    def test_a_request_without_a_serial_number_is_shown_with_the_reason(self):
        send_request(server.devices, "GET", "/iclock/nothing-of-ours?x=1")
        send_request(server.devices, "POST", "/iclock/cdata?table=ATTLOG", b"1\t2024-01-01 00:00:00")
        unmatched = {e["target"]: e for e in server.api.get("/api/trace")["data"]}
        for target in ("/iclock/nothing-of-ours?x=1", "/iclock/cdata?table=ATTLOG"):
            self.assertGreaterEqual(unmatched[target]["status"], 400)
            self.assertTrue(unmatched[target]["note"])

    def test_bytes_that_are_no_request_reach_the_log(self):
        # An end that comes together with the bytes is sometimes detected only by the timeout.
        with Server("--idle-timeout", "1") as own:
            before = own.log(10**7)
            with Wire(own.devices) as wire:
                # What a device set to HTTPS sends to a plain port.
                wire.send(b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"x" * 160)
            until(lambda: own.log(10**7) != before)
            self.assertIn("171 bytes from 127.0.0.1", own.log(10**7)[len(before):])
            before = own.log(10**7)
            Wire(own.devices).close()  # a probe of whether the port is open
            send_request(own.devices, "GET", "/iclock/nothing-of-ours")
            self.assertNotIn("bytes from", own.log(10**7)[len(before):])

    def test_the_most_talkative_log_keeps_secrets(self):
        with Server("--new-devices", "approve", "--log-level", "debug") as own:
            d = Device(own, key="keykeykeykey")
            d.options()
            d.upload("OPERLOG", "USER PIN=1\tName=Ann\tPasswd=hunter2hunter\n"
                                "FP PIN=1\tFID=1\tSize=16\tValid=1\tTMP=c2VjcmV0dGVtcGxh\n"
                                "USER Passwd=hunter2hunter\nNONSENSE TMP=c2VjcmV0dGVtcGxh\n", 1)
            own.api.queue(d.sn, "DATA UPDATE USERINFO PIN=1\tPasswd=hunter2hunter")
            own.api.queue(d.sn, "DATA UPDATE FINGERTMP PIN=1\tTMP=c2VjcmV0dGVtcGxh")
            d.work()
            send_request(own.devices, "GET", f"/iclock/nothing?SN={d.sn}&pushcommkey=keykeykeykey")
            log = own.log(10**7)
            for secret in ("hunter2hunter", "c2VjcmV0dGVtcGxh", "keykeykeykey", own.token):
                self.assertNotIn(secret, log)


class People(unittest.TestCase):
    def test_the_api_needs_a_token(self):
        for token in (None, "gh_wrong", "", server.token[:-1], server.token + "x"):
            from serve import Api
            api = Api(server.admin, token)
            for path in ("/api/devices", "/api/punches", "/api/commands", "/api/events"):
                status, _, body = api.raw("GET", path)
                self.assertEqual(status, 401, (token, path, body))

    def test_health_needs_none(self):
        from serve import Api
        for path in ("/healthz", "/readyz"):
            self.assertEqual(Api(server.admin).raw("GET", path)[0], 200)

    def test_the_admin_listener_serves_no_device(self):
        reply = send_request(server.admin, "GET", f"/iclock/cdata?SN={serial()}&options=all")
        self.assertGreaterEqual(reply.status, 400)

    def test_the_token_file_is_for_its_owner_only(self):
        path = os.path.join(server.data, "admin.token")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_the_token_stays_the_same_after_a_restart(self):
        with Server() as own:
            token = own.token
            own.restart()
            self.assertEqual(own.token, token)
            own.api.devices()


if __name__ == "__main__":
    tap.main()
