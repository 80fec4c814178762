"""unittest with TAP output: every test method is a claim, every claim is counted.

    class Held(unittest.TestCase):
        def test_a_held_device_gets_no_ok(self): ...

    if __name__ == "__main__":
        tap.main()

`program.py WORD...` runs only the claims that contain one of the words.
"""

import os
import sys
import tempfile
import traceback
import unittest

import scratch

# In build-asan undefined behaviour traps: whatever a test starts reports where.
os.environ["ASAN_OPTIONS"] = "handle_sigill=1:" + os.environ.get("ASAN_OPTIONS", "")


def claim(test):
    """The claim of a test: its name in plain words, after the class it belongs to."""
    if not isinstance(test, unittest.TestCase) or not hasattr(test, "_testMethodName"):
        return str(test)
    words = getattr(test, "claim", None) or test._testMethodName[5:].replace("_", " ")
    return f"{type(test).__name__}: {words}"


class _Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.failed = 0
        self.count = 0
        self.missed = []
        self.absent = {}  # class that was skipped as a whole: reason

    def _say(self, ok, test, tail=""):
        self.count += 1
        self.failed += not ok
        text = claim(test).replace("#", "\\#").replace("\n", " ")
        print(f"{'ok' if ok else 'not ok'} {self.count} - {text}{tail}", flush=True)

    def _why(self, err):
        kind, fault, frames = err
        inner = [f for f in traceback.extract_tb(frames)
                 if os.sep + "unittest" + os.sep not in f.filename]
        text = traceback.format_list(inner) + traceback.format_exception_only(kind, fault)
        for line in "".join(text).rstrip().splitlines():
            print("# " + line[:600], flush=True)

    def addSuccess(self, test):
        self._say(True, test)

    def addFailure(self, test, err):
        self._say(False, test)
        self._why(err)

    def addError(self, test, err):
        # A class that could not be set up takes all its claims with it.
        if isinstance(test, unittest.TestCase):
            self._say(False, test)
        else:
            self.missed.append(str(test))
            print(f"# {test}", flush=True)
        self._why(err)

    def addSkip(self, test, reason):
        if not isinstance(test, unittest.TestCase):
            # "setUpClass (module.Class)": none of its claims will be reported.
            self.absent[str(test).partition("(")[2].rstrip(")")] = reason
            return
        self._say(True, test, f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        if err:
            print(f"# {subtest._subDescription()}", flush=True)
            self._why(err)
            test._subtest_failed = True

    def addExpectedFailure(self, test, err):
        self._say(True, test)

    def addUnexpectedSuccess(self, test):
        self._say(False, test, " (was expected to fail)")

    def stopTest(self, test):
        if getattr(test, "_subtest_failed", False):
            self._say(False, test)
        super().stopTest(test)


def add(case, words, run):
    """Give a TestCase one more claim: run(self)."""
    number = sum(name.startswith("test_") for name in vars(case))

    def method(self):
        self.claim = words
        run(self)

    method.__name__ = f"test_{number:04d}"
    method.words = words
    setattr(case, method.__name__, method)


def _each(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _each(item)
        else:
            yield item


def main(module="__main__"):
    tempfile.tempdir = scratch.memory()
    tests = list(_each(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])))
    for test in tests:
        words = getattr(getattr(test, test._testMethodName), "words", None)
        if words:
            test.claim = words
    wanted = [a.lower() for a in sys.argv[1:] if not a.startswith("-")]
    if wanted:
        tests = [t for t in tests if any(w in claim(t).lower() for w in wanted)]
    print(f"1..{len(tests)}", flush=True)
    result = _Result()
    unittest.TestSuite(tests).run(result)
    for test in tests:
        reason = result.absent.get(unittest.util.strclass(type(test)))
        if reason is not None:
            result._say(True, test, f" # SKIP {reason}")
    for _ in range(len(tests) - result.count):
        result._say(False, "a claim that never ran: " + "; ".join(result.missed))
    sys.stdout.flush()
    os._exit(1 if result.failed or result.missed else 0)
