#!/usr/bin/env python3
"""usage: tools/pack-image.py ROOT.tar VERSION ARCH FOLDER

Makes an OCI image layout (image-spec 1.0) in FOLDER of one layer and the configuration below. `Healthcheck` is
Docker's addition to the configuration; programs that do not know it pass it on. The time is
$SOURCE_DATE_EPOCH.
"""
import datetime
import gzip
import hashlib
import json
import os
import pathlib
import shutil
import sys

SECOND = 1_000_000_000  # durations are in nanoseconds
DATA = "/var/lib/gatehouse"
CONFIG = {
    "User": "10001:10001",
    "ExposedPorts": {"8080/tcp": {}, "8081/tcp": {}},
    # The admin port is not on the loopback device of the container, from which no port is
    # published. From where it is reached is decided by how it is published.
    "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "GATEHOUSE_LISTEN=0.0.0.0:8080",
            "GATEHOUSE_ADMIN=0.0.0.0:8081", f"GATEHOUSE_DATA={DATA}"],
    "Entrypoint": ["/usr/bin/gatehouse"],
    "Cmd": ["serve"],
    "Volumes": {DATA: {}},
    "WorkingDir": "/",
    "StopSignal": "SIGTERM",
    "Healthcheck": {"Test": ["CMD", "gatehouse", "status"], "Interval": 30 * SECOND,
                    "Timeout": 10 * SECOND, "StartPeriod": 60 * SECOND, "Retries": 3},
}


def blob(folder, data, kind):
    digest = hashlib.sha256(data).hexdigest()
    (folder / "blobs/sha256" / digest).write_bytes(data)
    return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}


def document(value):
    return json.dumps(value, indent=1, sort_keys=True).encode()


def main(root, version, arch, folder):
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "blobs/sha256").mkdir(parents=True)
    when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    created = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {"org.opencontainers.image.title": "Gatehouse",
              "org.opencontainers.image.description": "server for attendance clocks and access devices",
              "org.opencontainers.image.version": version,
              "org.opencontainers.image.licenses": "Apache-2.0",
              "org.opencontainers.image.created": created}
    files = pathlib.Path(root).read_bytes()
    layer = blob(folder, gzip.compress(files, 6, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip")
    config = blob(folder, document({
        "created": created, "architecture": arch, "os": "linux", "config": {**CONFIG, "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(files).hexdigest()]},
        "history": [{"created": created, "created_by": "tools/make-image"}],
    }), "application/vnd.oci.image.config.v1+json")
    manifest = blob(folder, document({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
        "layers": [layer], "annotations": labels,
    }), "application/vnd.oci.image.manifest.v1+json")
    name = {"org.opencontainers.image.ref.name": version,
            "io.containerd.image.name": f"localhost/gatehouse:{version}"}
    (folder / "index.json").write_bytes(document({"schemaVersion": 2,
                                                  "manifests": [{**manifest, "annotations": name}]}))
    (folder / "oci-layout").write_bytes(document({"imageLayoutVersion": "1.0.0"}))


if len(sys.argv) != 5:
    sys.exit(__doc__)
main(*sys.argv[1:])
