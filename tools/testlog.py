"""What Meson's logs of a test run contain: cases that passed, that failed and why, that were skipped.

Cases come from the JUnit log. Programs that crashed, ran out of time or printed nothing come from the
JSON log, and so does what a program printed about a case that failed.
"""
import json
import re
import xml.etree.ElementTree as xml

GOOD = {"OK", "SKIP", "EXPECTEDFAIL"}
SANITIZER = re.compile(r"[Ss]anitizer|runtime error: ")
RESULT = re.compile(r"(ok|not ok)\b\s*\d*\s*-?\s*(.*)")
CASES, LINES, STDERR_LINES, WIDTH = 20, 8, 12, 300


class Counts:
    def __init__(self):
        self.passed = self.failed = 0
        self.skipped = {}  # reason: cases
        self.failures = []  # lines of the report
        self.names = {}  # program that failed: cases
        self.slowest = []  # (seconds, program)
        self.unsteady = []  # lines of the report: programs that failed, and passed when run again

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.failures += other.failures
        self.unsteady += other.unsteady
        for reason, n in other.skipped.items():
            self.skipped[reason] = self.skipped.get(reason, 0) + n

    def fail(self, *lines):
        self.failed += 1
        self.failures += lines


def short(lines, limit=LINES):
    """The last lines, which name the error: a traceback ends with it."""
    return ["    " + line[:WIDTH] for line in lines[-limit:]]


def failed_cases(stdout):
    """(name, diagnostics) of each "not ok" in TAP. Diagnostics follow it; those of a case whose
    parts are reported one by one stand before it."""
    found, before, case = [], [], None
    for line in stdout.splitlines():
        result = RESULT.match(line)
        if result:
            if case and not case[1]:
                case[1].extend(case[2])
            case = None
            if result[1] == "not ok":
                case = (result[2] or line, [], before)
                found.append(case)
            before = []
        elif line.startswith("#"):
            (case[1] if case else before).append(line[1:].strip("\n"))
    if case and not case[1]:
        case[1].extend(case[2])
    return [(name, why) for name, why, _ in found]


def _stderr_end(text):
    """The end of what a program printed on stderr; of a sanitizer's report its head too."""
    lines = [line for line in text.splitlines() if line.strip()]
    head = next((i for i, line in enumerate(lines)
                 if "ERROR: " in line or "WARNING: ThreadSanitizer" in line
                 or "runtime error: " in line), None)
    if head is None or len(lines) - head <= STDERR_LINES:
        return short(lines, STDERR_LINES)
    return short(lines[head:head + STDERR_LINES], STDERR_LINES) + short(lines, 2)


def _failures_of(test):
    """The report of one program: each failed case with its diagnostics; of one that did not end by
    itself, how it ended, the last case before, and the end of stderr."""
    program, stdout = test["name"].split(" / ", 1)[-1], test.get("stdout", "")
    tap = bool(re.search(r"^1\.\.\d+", stdout, re.M))
    cases = failed_cases(stdout) if tap else []
    report = []
    for name, why in cases[:CASES]:
        report += [f"  {program}: {name}"] + short(why)
    if len(cases) > CASES:
        report.append(f"  {program}: {len(cases) - CASES} more cases failed")
    code = test.get("returncode", 0)
    if cases and code >= 0 and test["result"] not in ("TIMEOUT", "INTERRUPT"):
        return report
    end = {"TIMEOUT": f"ran out of time after {test['duration']:.0f} s"}.get(
        test["result"], f"was ended by signal {-code}" if code < 0 else f"ended with status {code}")
    results = [line for line in stdout.splitlines() if RESULT.match(line)] if tap else []
    if results:
        end += "; the last case before: " + results[-1][:WIDTH]
    report.append(f"  {program}: {end}")
    if not tap:
        report += short(stdout.splitlines())
    return report + _stderr_end(test.get("stderr", ""))


def _programs(json_log):
    return [json.loads(line) for line in json_log.read_text().splitlines()] if json_log.exists() else []


def join(first, second):
    """Adds the logs of one run to those of another, each named by its path without the ending."""
    with open(f"{first}.json", "a") as log:
        log.writelines(json.dumps(test) + "\n" for test in _programs(second.with_name(second.name + ".json")))
    paths = [path.with_name(path.name + ".junit.xml") for path in (first, second)]
    trees = [xml.parse(path) if path.exists() else xml.ElementTree(xml.Element("testsuites")) for path in paths]
    trees[0].getroot().extend(trees[1].getroot())
    trees[0].write(paths[0])


def worth_repeating(json_log, most):
    """The names of the programs that failed, where it is worth running them once more: at most so many,
    and each of them ended by itself with failed cases. A crash, a time-out and a sanitizer's report are
    never chance, and what the programs of torture look for is rare."""
    bad = [test for test in _programs(json_log) if test["result"] not in GOOD]
    if len(bad) > most:
        return []
    for test in bad:
        text = test.get("stdout", "") + test.get("stderr", "")
        plan = re.search(r"^1\.\.(\d+)", text, re.M)
        whole = plan and int(plan[1]) == sum(bool(RESULT.match(line)) for line in text.splitlines())
        if (test["result"] not in ("FAIL", "ERROR") or test.get("returncode", 0) < 0 or not whole
                or not failed_cases(text) or SANITIZER.search(text) or ":torture" in test["name"]):
            return []
    return [test["name"] for test in bad]


def read(json_log, junit_log, without=()):
    """What the logs contain, without the programs of these names."""
    counts = Counts()
    if not json_log.exists() or not junit_log.exists():
        return counts
    bad = counts.names
    for suite in xml.parse(junit_log).getroot():
        for case in suite.iter("testcase"):
            owner = (case.get("classname") or "").split(".", 1)[-1]
            name = case.get("name") if owner == case.get("classname") else owner
            if name in without:
                continue
            if case.find("failure") is not None or case.find("error") is not None:
                bad[name] = bad.get(name, 0) + 1
            elif case.find("skipped") is not None:
                lines = (case.findtext("system-out") or "").strip().splitlines() or ["no reason given"]
                counts.skipped[lines[-1]] = counts.skipped.get(lines[-1], 0) + 1
            else:
                counts.passed += 1
    for test in _programs(json_log):
        if test["name"] in without:
            continue
        silent = test["result"] == "SKIP" and not test.get("stdout") and test["returncode"] != 77
        if (test["result"] not in GOOD or silent) and test["name"] not in bad:
            bad[test["name"]] = 1
        if test["name"] in bad:
            counts.failures += _failures_of(test)
        counts.slowest.append((test["duration"], test["name"].split(" / ")[-1]))
    counts.failed = sum(bad.values())
    return counts


def end_print(counts):
    """The end of a run: what failed, what was skipped and why, and the two numbers."""
    if counts.failures:
        print("failed cases:", *counts.failures, "", sep="\n")
    if counts.unsteady:
        print("unsteady cases, which passed when run again:", *counts.unsteady, "", sep="\n")
    for reason, n in sorted(counts.skipped.items(), key=lambda item: -item[1]):
        print(f"skipped {n}: {reason}")
    print(f"{counts.passed} passed, {counts.failed} failed")
