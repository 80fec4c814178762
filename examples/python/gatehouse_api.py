"""The server's lists and its live stream, with the standard library only."""

import json
import os
import sys
import urllib.parse
import urllib.request

URL = os.environ.get("GATEHOUSE_URL", "http://127.0.0.1:8081")


def token():
    if "GATEHOUSE_TOKEN" in os.environ:
        return os.environ["GATEHOUSE_TOKEN"]
    path = os.path.join(os.environ.get("GATEHOUSE_DATA", "data"), "admin.token")
    try:
        with open(path) as f:
            return f.read().strip()
    except OSError as missing:
        sys.exit(f"{path}: {missing.strerror}; set GATEHOUSE_TOKEN or GATEHOUSE_DATA")


def get(path, **query):
    """The open reply to GET path; urllib.error.HTTPError where it is refused."""
    request = urllib.request.Request(f"{URL}{path}?{urllib.parse.urlencode(query)}",
                                     headers={"Authorization": f"Bearer {token()}"})
    # The stream sends a line every 15 seconds, whatever happens.
    return urllib.request.urlopen(request, timeout=60)


def rows(path, **query):
    """All rows of a list, page by page."""
    query = dict(query, limit=1000)
    while True:
        with get(path, **query) as reply:
            page = json.load(reply)
        yield from page["data"]
        if not page["more"]:
            return
        query["after"] = page["next"]


def events(**query):
    """(event, data) of the live stream, until the connection ends."""
    with get("/api/events", **query) as stream:
        for line in stream:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                yield event, json.loads(value)
