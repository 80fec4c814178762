#!/usr/bin/env python3
"""Fail when a file includes a layer it may not know. The table is the architecture; a folder of a
layer may have a row of its own."""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": {"base"},
    "model": {"base", "model", "facts"},
    "render": {"base", "model", "render"},
    "wire": {"base", "model", "wire", "facts"},
    "store": {"base", "model", "store"},
    "core": {"base", "model", "wire", "core", "store/store.h", "store/queue.h", "store/picture.h",
             "outlet/outlet.h"},
    "http": {"base", "http"},
    "session": {"base", "model", "wire", "core", "store/store.h", "http/http.h", "client", "session"},
    "api": {"base", "model", "wire", "core", "store/store.h", "http/http.h", "render", "api"},
    "outlet": {"base", "model", "render", "store/store.h", "outlet"},
    "client": {"base", "model", "wire", "client"},
    "sim": {"base", "model", "wire", "client/transport.h", "sim"},
    # The program. main.c uses the subcommands by name only, and their folders do not use each
    # other.
    "app": {"app/subcommand.def", "app/subcommands.h", "app/message.h", "app/secret.h", "app/table.h",
            "app/table_layout.h", "app/nearest.h", "app/confirm.h", "app/interrupt.h",
            "app/progress.h", "base"},
    "app/settings": {"base", "core/server.h", "model/punch_rule.h", "app/nearest.h", "app/settings"},
    "app/serve": {"base", "store/store.h", "core", "http/http.h", "session", "api", "app/settings",
                  "app/subcommands.h", "app/secret.h", "app/table.h", "app/serve"},
    # Help names the fields that request bodies have, without a server.
    "app/api_client": {"base", "api/request_schemas.h", "api/command_type.h", "app/settings/setting.h",
                       "app/settings/configuration.h", "app/subcommands.h", "app/message.h", "app/secret.h", "app/table.h",
                       "app/nearest.h", "app/confirm.h", "app/interrupt.h", "app/progress.h",
                       "app/packaged_data.h", "app/api_client"},
    "app/backup": {"base", "store/store.h", "store/maintenance.h", "app/settings/setting.h",
                   "app/subcommands.h", "app/message.h", "app/packaged_data.h", "app/backup"},
    "app/store": {"base", "store/store.h", "store/maintenance.h", "app/subcommands.h",
                  "app/message.h", "app/secret.h"},
    "app/terminal": {"base", "gatehouse", "app/subcommands.h", "app/message.h", "app/secret.h",
                     "app/table.h", "app/nearest.h", "app/confirm.h", "app/interrupt.h",
                     "app/progress.h", "app/terminal"},
    "app/sim": {"base", "sim", "app/subcommands.h", "app/sim"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def allowed(layer, target):
    return any(target == r or target.startswith(r + "/") for r in MAY_INCLUDE[layer])


def main(root):
    bad = 0
    for path in sorted(pathlib.Path(root).rglob("*")):
        if path.suffix not in {".c", ".h", ".def"}:
            continue
        folders = path.relative_to(root).parts[:-1]
        layer = next(("/".join(folders[:n]) for n in range(len(folders), 0, -1)
                      if "/".join(folders[:n]) in MAY_INCLUDE), "/".join(folders))
        if layer not in MAY_INCLUDE:
            print(f"{path}: {layer}/ is not a layer of the architecture")
            bad += 1
            continue
        for n, line in enumerate(path.read_text().splitlines(), 1):
            m = INCLUDE.match(line)
            if m and "/" in m.group(1) and not allowed(layer, m.group(1)):
                print(f"{path}:{n}: {layer}/ may not include {m.group(1)}")
                bad += 1
    return bad > 0


sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "src"))
