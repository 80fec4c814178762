#!/usr/bin/env python3
"""Who may use which route: each operation of the API, by each role and by a token of each scope.

No cell has an effect: each request has a parameter that no route takes, which is refused with 400 once the caller may use
the route, and before anything is done.
"""

import http.client
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import DEADLINE, Server  # noqa: E402
import tap  # noqa: E402

PASSWORD = "correct horse battery"
ROLES = ("viewer", "guard", "clerk", "operator", "administrator")
SCOPES = ("read", "write", "door", "template", "biotime", "metrics", "admin")
ALL = " ".join(ROLES)

# The scopes of which a token needs one, the roles, and the operations; `anyone`: also without either.
EXPECTED = (
    ("anyone", ALL, """
        getHealth getReadiness getSetup setUp beginSession
    """),
    ("metrics read", ALL, """
        getMetrics
    """),
    ("read write door template biotime metrics admin", ALL, """
        getDocument getSession endSession changePassword listRoles
    """),
    ("read", ALL, """
        getStatus listProblems listContacts getEnrolment listDevices getDevice listUnitTables listUnitRows listAreas getArea listTimeRules
        getTimeRule listHolidays getHoliday listDoorGroups getDoorGroup listAccessLevels getAccessLevel
        listFirstCards getFirstCard listMultiCards getMultiCard listAntiPassbacks getAntiPassback listInterlocks
        getInterlock listLinkages getLinkage listScheduledOutputs getScheduledOutput listScheduledInputs
        getScheduledInput listVerifySchedules getVerifySchedule listSuperUsers getSuperUser listDoorSettings
        listDepartments listPositions listPeople getRosterPerson listCredentials listPlans getPlan listPlanSteps
        listPlanItems getPersonPhoto checkAccess listDoors listDeviceDoors getDoor getUnitState getDoorById listPunches
        listAccessEvents
        reportDays followEvents listPersons listPersonOrders listTemplates listPhotos getPhoto listOperations
        listIdCards listErrors listWorkCodes listCommands getCommand listQueryRows getStats listAttendance
        listUsers listDeviceSync searchAll getUser validateBiometric listPersonChanges
    """),
    ("write", "operator administrator", """
        snoozeProblem changeDevice putDevice readDevice compareDevice fillAccessPunches resendDevice
        deleteUnitRows countUnitRows queryUnitRows createTimeRule replaceTimeRule changeTimeRule deleteTimeRule
        createHoliday replaceHoliday changeHoliday deleteHoliday createDoorGroup replaceDoorGroup changeDoorGroup
        deleteDoorGroup createAccessLevel replaceAccessLevel changeAccessLevel deleteAccessLevel createFirstCard
        replaceFirstCard changeFirstCard deleteFirstCard createMultiCard replaceMultiCard changeMultiCard
        deleteMultiCard createAntiPassback replaceAntiPassback changeAntiPassback deleteAntiPassback
        createInterlock replaceInterlock changeInterlock deleteInterlock createVerifySchedule
        replaceVerifySchedule changeVerifySchedule deleteVerifySchedule cancelPlan
        copyPerson deleteCommand cancelCommand rebootDevice deleteUser addUser addUserBiometrics
        updateUserBiometrics addUsersBiometrics updateUsersBiometrics clearUserBiometrics removeUserBiometric
        queryUserBiometric tryUserSync
    """),
    ("admin", "operator administrator", """
        clearDevices addDevice discoverTerminals approveDevice blockDevice
    """),
    ("admin", "administrator", """
        deleteDevice resetRegistration listDeviceExchanges listUnmatchedExchanges listFiles getFile publishFile
        withdrawFile putUnitRows resetUnitTable createLinkage replaceLinkage changeLinkage deleteLinkage
        createScheduledOutput replaceScheduledOutput changeScheduledOutput deleteScheduledOutput
        createScheduledInput replaceScheduledInput changeScheduledInput deleteScheduledInput createSuperUser
        replaceSuperUser changeSuperUser deleteSuperUser replaceDoorSettings changeDoorSettings listQuarantine
        retryQuarantine retryQuarantined dismissQuarantined listUploads getUpload retryUploads retryUpload
        dismissUpload getCommandContent listAudit listSessions endSessionById listAccounts createAccount
        getAccount changeAccount deleteAccount listTokens createToken revokeToken
    """),
    ("write", "clerk operator administrator", """
        createArea replaceArea changeArea deleteArea createEnrolment createRosterPerson replaceRosterPerson changeRosterPerson
        deleteRosterPerson changeCredential importPunches importPeople createPlan applyPlan
    """),
    ("template", "administrator", """
        getCredentialData
    """),
    ("door", "guard administrator", """
        openDoorById closeDoorById lockDoorById holdDoorOpenById unlockDoorById cancelAlarmById openDoor
        closeDoor holdDoorOpen unlockDoor cancelAlarm lockDoor
    """),
    ("write door", "guard operator administrator", """
        queueCommand
    """),
)


# What of it an account that is limited to areas may use; what is in no row here is of the whole server, or of several
# areas, and refused: a new route has to be put into one, here and in area_grant.def.
LIMITED = """
    getHealth getReadiness getSetup setUp beginSession getDocument getSession endSession changePassword listRoles
    searchAll listProblems listDevices listAreas getArea listPeople getRosterPerson listCredentials getCredentialData
    getPersonPhoto createRosterPerson replaceRosterPerson changeRosterPerson deleteRosterPerson changeCredential listDoors listDeviceDoors getDoor
    getDoorById getUnitState replaceDoorSettings changeDoorSettings openDoorById closeDoorById lockDoorById
    holdDoorOpenById unlockDoorById cancelAlarmById openDoor closeDoor holdDoorOpen unlockDoor cancelAlarm lockDoor
    listPunches listAttendance listAccessEvents reportDays followEvents importPunches listPersons listUsers
    listPersonOrders listTemplates listPhotos getPhoto listOperations listIdCards listErrors listWorkCodes copyPerson
    listQuarantine listUploads listCommands getCommand getCommandContent listQueryRows queueCommand deleteCommand
    cancelCommand rebootDevice deleteUser addUser addUserBiometrics updateUserBiometrics addUsersBiometrics
    updateUsersBiometrics clearUserBiometrics removeUserBiometric validateBiometric queryUserBiometric tryUserSync getDevice readDevice compareDevice fillAccessPunches resendDevice
    changeDevice putDevice deleteDevice resetRegistration approveDevice blockDevice listDeviceSync listUnitTables
    listUnitRows putUnitRows deleteUnitRows countUnitRows queryUnitRows resetUnitTable
""".split()


def expected():
    """{operation: (scopes, roles)}"""
    rows = {}
    for scopes, roles, operations in EXPECTED:
        for name in operations.split():
            assert name not in rows, name
            rows[name] = (set(scopes.split()), set(roles.split()))
    return rows


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = own = Server()
        cls.addClassCleanup(own.close)
        document = own.api.get("/api/openapi.json")
        cls.operations = {}
        for path, methods in document["paths"].items():
            # The forms of a list are the list's own route.
            if path.rpartition(".")[0] in document["paths"]:
                continue
            for method, o in methods.items():
                cls.operations[o["operationId"]] = (method.upper(), re.sub(r"\{\w+\}", "1", path), o)
        cls.callers = {"nobody": {}}
        for scope in SCOPES:
            made = own.api.post("/api/tokens", {"name": f"matrix {scope}", "scopes": [scope]})["data"]
            cls.callers["scope " + scope] = {"Authorization": "Bearer " + made["token"]}
        for role in ROLES:
            own.api.post("/api/accounts", {"name": f"matrix {role}", "password": PASSWORD, "role": role})
            cls.callers["role " + role] = cls.signed_in(f"matrix {role}")
            own.api.post("/api/accounts", {"name": f"limited {role}", "password": PASSWORD, "role": role, "areas": [1]})
            cls.callers["limited " + role] = cls.signed_in(f"limited {role}")
        cls.connection = http.client.HTTPConnection(*own.admin, timeout=DEADLINE)
        cls.addClassCleanup(cls.connection.close)

    @classmethod
    def signed_in(cls, name):
        c = http.client.HTTPConnection(*cls.own.admin, timeout=DEADLINE)
        c.request("POST", "/api/session", json.dumps({"name": name, "password": PASSWORD}))
        r = c.getresponse()
        data = json.loads(r.read())["data"]
        c.close()
        return {"Cookie": r.headers["Set-Cookie"].split(";")[0], "X-Gatehouse-CSRF": data["csrf"]}

    def answer(self, method, path, headers):
        self.connection.request(method, path + "?no-such-parameter=1", headers=headers)
        r = self.connection.getresponse()
        return r.status, json.loads(r.read()).get("code")

    def test_each_operation_has_a_row(self):
        self.assertEqual(sorted(self.operations), sorted(expected()))

    def test_the_document_has_what_is_expected(self):
        for name, (scopes, roles) in expected().items():
            with self.subTest(name):
                self.assertEqual(set(self.operations[name][2]["x-roles"]), roles)

    def test_each_caller_may_what_the_table_has(self):
        wrong = []
        for name, (scopes, roles) in expected().items():
            method, path, _ = self.operations[name]
            for caller, headers in self.callers.items():
                kind, _, word = caller.partition(" ")
                of_role = kind in ("role", "limited")
                may = "anyone" in scopes or word in (roles if of_role else scopes | {"admin"})
                if may and kind == "limited" and name not in LIMITED:
                    got, want = self.answer(method, path, headers), (403, "area_refused")
                    if got != want:
                        wrong.append((name, caller, got, want))
                    continue
                want = ((400, "parameter_invalid") if may else (401, "token_missing") if caller == "nobody"
                        else (403, "role_refused") if of_role else (403, "scope_too_small"))
                got = self.answer(method, path, headers)
                if got != want:
                    wrong.append((name, caller, got, want))
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    tap.main()
