#!/usr/bin/env python3
"""usage: tools/make-sbom.py ROOT VERSION ARCH

Prints what the package installed in ROOT is made of and needs, as CycloneDX 1.5 in JSON: its programs and
libraries with their hashes, the Debian packages of the libraries they are linked with (what the dynamic
linker would load, direct and indirect, in the version that is installed here), and what is compiled in from
headers. The same build on the same system gives the same bytes; the time is $SOURCE_DATE_EPOCH.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

COMPILED_IN = ["uthash-dev"]  # libraries that are headers only
NEEDED_TO_RUN = ["tzdata"]


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def distribution():
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', pathlib.Path("/etc/os-release").read_text(), re.M))
    return fields.get("ID", "debian"), fields.get("VERSION_ID", "")


def elf_files(root):
    """Programs and libraries, not the links to them."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as f:
                if f.read(4) == b"\x7fELF":
                    yield path


def linked(path):
    """Files of the libraries that the dynamic linker loads for it."""
    return set(re.findall(r"=> (/\S+)", output("ldd", str(path))))


def needed(path):
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "-d", str(path))))


def owner(library):
    """The Debian package of a file, which dpkg may know below /usr or without it."""
    real = os.path.realpath(library)
    for name in (library, real, "/usr" + library, real.removeprefix("/usr")):
        done = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(": ")[0].split(",")[0].split(":")[0]
    raise SystemExit(f"make-sbom: no package has {library}")


def component(package, arch):
    distro, release = distribution()
    text = output("dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}\t${source:Package}\t"
                  "${Maintainer}\n", package).splitlines()
    name, version, built_for, source, maintainer = next(
        (row for row in (line.split("\t") for line in text) if row[2] in (arch, "all")))
    purl = f"pkg:deb/{distro}/{name}@{version.replace('+', '%2B').replace(':', '%3A')}" \
           f"?arch={built_for}&distro={distro}-{release}"
    return {"type": "library", "bom-ref": purl, "supplier": {"name": maintainer}, "name": name,
            "version": version, "purl": purl,
            "properties": [{"name": "debian:source", "value": source}]}


def main(root, version, arch):
    root = pathlib.Path(root)
    files = list(elf_files(root))
    libraries = set().union(*map(linked, files))
    packages = {library: owner(library) for library in sorted(libraries)
                if not pathlib.Path(library).resolve().is_relative_to(root.resolve())}
    direct = set().union(*map(needed, files))
    names = {p for library, p in packages.items() if os.path.basename(library) in direct}
    extra = [p for p in COMPILED_IN + NEEDED_TO_RUN
             if subprocess.run(["dpkg-query", "-W", p], capture_output=True).returncode == 0]
    parts = {p: component(p, arch) for p in sorted(set(packages.values()) | set(extra))}
    for p in COMPILED_IN:
        if p in parts:
            parts[p]["properties"].append({"name": "gatehouse:use", "value": "compiled in"})
    own = [{"type": "file", "bom-ref": "file:" + str(f.relative_to(root)), "name": "/" + str(f.relative_to(root)),
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(f.read_bytes()).hexdigest()}]}
           for f in files]
    me = f"pkg:deb/gatehouse/gatehouse@{version}?arch={arch}"
    when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": me, "name": "gatehouse", "version": version,
                          "licenses": [{"license": {"id": "Apache-2.0"}}], "purl": me},
        },
        "components": own + list(parts.values()),
        "dependencies": [{"ref": me, "dependsOn": [f["bom-ref"] for f in own] +
                          [parts[p]["bom-ref"] for p in sorted(names | set(extra))]}],
    }
    text = json.dumps(document, sort_keys=True)
    document["serialNumber"] = "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, text))
    print(json.dumps(document, indent=1))


if len(sys.argv) != 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
