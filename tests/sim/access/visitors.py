"""What a test has of doors by itself: codes of events, and rules that depend on what happened before.

It is written from the meaning of the rules, not from the program, and judges what simulated units report."""

import collections
import datetime

TIME = "%Y-%m-%d %H:%M:%S"
OPENED = {0, 1, 2, 3, 14, 15, 16, 17, 18, 19, 203, 207, 208, 215, 216}
PASSED_SOON, PASSBACK, INTERLOCK, CLOSED, WRONG_MODE = 61, 24, 25, 22, 41
WAITS, WRONG_GROUP = {26, 32, 51}, {48, 40, 52}
UNKNOWN, EXPIRED, LOST, DISABLED, NO_RIGHT = {27, 34, 30}, {29, 33, 53}, 38, 39, 23
DOOR_CLOSED = {21, 35, 49}

# What a unit may report where GET /api/access/check denies. People who may pass none of its doors are unknown to it,
# and some units have one validity for all that a person may.
NONE_NOW = UNKNOWN | EXPIRED | {NO_RIGHT, CLOSED}
DENIALS = {
    "person_unknown": UNKNOWN,
    "person_disabled": UNKNOWN | {DISABLED},
    "person_not_yet_valid": UNKNOWN | EXPIRED,
    "person_expired": UNKNOWN | EXPIRED,
    "no_level": UNKNOWN | EXPIRED | {NO_RIGHT},
    "level_without_rule": UNKNOWN | EXPIRED | {NO_RIGHT},
    **dict.fromkeys(("level_not_yet_valid", "level_expired", "rule_not_yet_valid", "rule_expired"), NONE_NOW),
    "rule_closed": {CLOSED},
    "door_disabled": {62},
    "door_locked": UNKNOWN | {63},
    "door_closed": UNKNOWN | EXPIRED | DOOR_CLOSED,
}
# The rule beside a right that each of the other denials is for.
BESIDE = {PASSBACK: "anti_passback", PASSED_SOON: "anti_passback", INTERLOCK: "interlock",
          CLOSED: "needs_first_card", WRONG_MODE: "needs_verify_mode",
          **dict.fromkeys(WAITS | WRONG_GROUP, "needs_others")}

Visit = collections.namedtuple("Visit", "sn door out shown value pin at")


def line(visit):
    """As `gatehouse sim access --visits` reads it."""
    return "\t".join((visit.sn, str(visit.door), "out" if visit.out else "in", visit.shown,
                      visit.value, visit.at.strftime(TIME))) + "\n"


class Sides:
    """Who passed one side last may not pass it again before the other."""

    def __init__(self, side_of, midnight):
        self.side_of, self.midnight = side_of, midnight
        self.last = {}
        self.day = None

    def denies(self, visit):
        if self.midnight and visit.at.date() != self.day:
            self.last = {}
            self.day = visit.at.date()
        side = self.side_of(visit)
        return {PASSBACK} if side is not None and self.last.get(visit.pin) == side else None

    def passed(self, visit):
        side = self.side_of(visit)
        if side is not None:
            self.last[visit.pin] = side


class Soon:
    """No person enters a door twice within some seconds."""

    def __init__(self, door, seconds):
        self.door, self.span = door, datetime.timedelta(seconds=seconds)
        self.last = {}

    def denies(self, visit):
        last = self.last.get(visit.pin)
        soon = visit.door == self.door and not visit.out and last and visit.at - last < self.span
        return {PASSED_SOON} if soon else None

    def passed(self, visit):
        if visit.door == self.door and not visit.out:
            self.last[visit.pin] = visit.at


class Interlock:
    """Of these doors one is open at a time. A door opens a second after who passes, and closes three later."""

    def __init__(self, doors):
        self.doors = doors
        self.opened = {}

    def denies(self, visit):
        if visit.door not in self.doors:
            return None
        for door, at in self.opened.items():
            if door != visit.door and 1 <= (visit.at - at).total_seconds() < 4:
                return {INTERLOCK}
        return None

    def passed(self, visit):
        if visit.door in self.doors:
            self.opened[visit.door] = visit.at


class Activation:
    """On each day one of some people comes first."""

    def __init__(self, door, pins):
        self.door, self.pins = door, pins
        self.day = None

    def denies(self, visit):
        if visit.door != self.door or self.day == visit.at.date():
            return None
        if visit.pin not in self.pins:
            return {CLOSED}
        self.day = visit.at.date()
        return None

    def passed(self, visit):
        pass


class Together:
    """One of each group; people of none of them pass alone, unless others are waiting."""

    def __init__(self, door, groups, group_of, seconds):
        self.door, self.groups, self.group_of = door, sorted(groups), group_of
        self.span = datetime.timedelta(seconds=seconds)
        self.came, self.at = [], None

    def _fits(self, came):
        left = list(self.groups)
        for pin in came:
            if self.group_of(pin) not in left:
                return False
            left.remove(self.group_of(pin))
        return True

    def denies(self, visit):
        if visit.door != self.door:
            return None
        if self.came and visit.at - self.at >= self.span:
            self.came = []
        if not self.came and not self._fits([visit.pin]):
            return None
        if visit.pin in self.came or not self._fits(self.came + [visit.pin]):
            self.came = []
            return WRONG_GROUP
        self.came, self.at = self.came + [visit.pin], visit.at
        if len(self.came) < len(self.groups):
            return WAITS
        self.came = []
        return None

    def passed(self, visit):
        pass


class Mode:
    """What has to be shown at a door."""

    def __init__(self, door, shown):
        self.door, self.shown = door, shown

    def denies(self, visit):
        return {WRONG_MODE} if visit.door == self.door and visit.shown != self.shown else None

    def passed(self, visit):
        pass


class Judge:
    """The rules of one unit, in the order in which the simulator looks at them."""

    def __init__(self, *rules):
        self.rules = rules

    @staticmethod
    def denials(answer):
        """The verdict is that of the first level where there are several: a unit reports any of them."""
        levels = [s["verdict"] for s in answer["steps"] if s["level"]]
        words = levels if answer["verdict"] in levels else [answer["verdict"]]
        return set().union(*(DENIALS[w] for w in words))

    def expected(self, visit, answer):
        """The codes that the unit may report; None: the door opens."""
        if not answer["granted"]:
            return self.denials(answer)
        for rule in self.rules:
            codes = rule.denies(visit)
            if codes:
                return codes
        for rule in self.rules:
            rule.passed(visit)
        return None
