"""What the sanitizers of this build find, shown by faults that are planted: planted_faults PROGRAM."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop())

# Undefined behaviour traps (presets/asan.ini), or has a message.
UNDEFINED = "AddressSanitizer: ILL |runtime error: "

FAULTS = {
    "heap-overflow": "heap-buffer-overflow",
    "use-after-free": "heap-use-after-free",
    "stack-overflow": "stack-buffer-overflow",
    "global-overflow": "global-buffer-overflow",
    "stack-use-after-return": "stack-use-after-return",
    "leak": "detected memory leaks",
    "signed-overflow": UNDEFINED,
    "shift": UNDEFINED,
    "index": UNDEFINED,
    "misaligned": UNDEFINED,
    "member-of-null": UNDEFINED,
    "bool": UNDEFINED,
    "null-argument": UNDEFINED,
    "division": UNDEFINED,
}


class Found(unittest.TestCase):
    pass


def finds(word, report):
    def run(test):
        options = os.environ.get("ASAN_OPTIONS", "")
        if word == "stack-use-after-return" and "detect_stack_use_after_return=1" not in options:
            test.skipTest("tools/run-tests sets the option for it")
        done = subprocess.run([PROGRAM, word], capture_output=True, text=True, errors="replace")
        test.assertNotEqual(done.returncode, 0, done.stdout)
        test.assertRegex(done.stderr.replace("\n", " "), report)
    return run


for name, text in FAULTS.items():
    tap.add(Found, f"a planted {name} is found", finds(name, text))

if __name__ == "__main__":
    tap.main()
