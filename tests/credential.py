"""Templates of people of the roster, written into the store of a running server: what enrols them is not under test."""

import contextlib
import hashlib
import os
import sqlite3


def fingerprint_put(server, person, no, version, text):
    """`person`: as the API has it. It counts after the next change of the person."""
    data = text.encode()
    digest = hashlib.sha256(data).digest()
    with contextlib.closing(sqlite3.connect(os.path.join(server.data, "gatehouse.db"), timeout=60)) as db, db:
        db.execute("INSERT OR IGNORE INTO picture (hash, content) VALUES (?, ?)", (digest, data))
        db.execute("INSERT INTO credential (people, kind, type, no, part, major_ver, minor_ver, form, format, valid, duress,"
                   " size, content_fault, origin, arrived_ms, picture) SELECT ?, 'template', 1, ?, 0, ?, 0, 'fp', '', 1, 0,"
                   " ?, '', 0, 1, id FROM picture WHERE hash = ?", (person["id"], no, version, len(data), digest))
