"""What tests take from npm: installed once into the build directory, to the letter of the
package-lock.json beside the test."""

import hashlib
import os
import shutil
import subprocess


def first_line(done):
    lines = [s for s in (done.stderr + done.stdout).splitlines() if s.strip()]
    return lines[0].strip() if lines else f"status {done.returncode}"


def install(source, home):
    """Install what source/package-lock.json lists into home/node_modules. None, or the reason
    why it is not there."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(source, "package-lock.json"), "rb") as f:
        expected = hashlib.sha256(f.read()).hexdigest()
    stamp = os.path.join(home, "installed")
    if os.path.exists(stamp) and open(stamp).read() == expected:
        return None
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(source, name), home)
    try:
        done = subprocess.run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund",
                               "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"],
                              cwd=home, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        return "npm ci did not end within three minutes"
    if done.returncode:
        if "EINTEGRITY" in done.stderr:
            raise RuntimeError(f"npm ci: {first_line(done)}")
        return f"npm ci: {first_line(done)}"
    with open(stamp, "w") as f:
        f.write(expected)
    return None
