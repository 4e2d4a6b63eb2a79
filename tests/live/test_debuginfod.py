#!/usr/bin/env python3
"""--debuginfod against a server of our own on 127.0.0.1: what it fetches is used when it belongs, and without the option
nobody is asked."""
import http.server
import os
import subprocess
import sys
import threading

from libcores import ENVIRONMENT, INQUEST, need, skip
from libnames import Case, Maker, run


class Server(http.server.ThreadingHTTPServer):
    """Serves {"/buildid/ID/debuginfo": file}; remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked = {}, []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        self.server.asked.append(self.path)
        name = self.server.files.get(self.path)
        if not name:
            self.send_error(404)
            return
        with open(name, "rb") as file:
            data = file.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def where(case, server, cache, *options):
    """What is known of the middle of `compare`, and the warnings."""
    address = next(start + size // 2 for start, size, names in case.functions() if "compare" in names)
    environment = dict(ENVIRONMENT, DEBUGINFOD_CACHE_PATH=os.path.join(case.folder, cache),
                       DEBUGINFOD_URLS=f"http://127.0.0.1:{server.server_port}" if server else "")
    done = subprocess.run([INQUEST, "where", "--sysroot", case.sysroot, *options, case.core, f"{case.bias + address:x}"],
                          capture_output=True, text=True, env=environment, check=False)
    assert done.returncode in (0, 3) and "Sanitizer" not in done.stderr, done.stderr
    return done.stdout, done.stderr


def main():
    need("cc", "objcopy", "strip", "nm", "readelf")
    if not os.path.exists(os.path.join(os.environ.get("BUILD_DIR", "."), "modules", "debuginfod.so")):
        skip("the module debuginfod was not built")
    with Maker() as maker:
        server, case = Server(), Case(maker, "case")
        case.ask([0])  # learns where the program was
        stripped, debug = os.path.join(case.folder, "stripped"), os.path.join(case.folder, "debug")
        run("strip", "-o", stripped, case.whole)
        run("objcopy", "--only-keep-debug", case.whole, debug)
        place = f"/buildid/{case.build_id()}"
        case.reset(stripped)

        server.files = {f"{place}/debuginfo": debug}
        out, _ = where(case, server, "unused")
        assert not server.asked and "names.c" not in out, (server.asked, out)
        out, _ = where(case, server, "unused", "--debuginfod", "--no-files")
        assert not server.asked and "names.c" not in out, (server.asked, out)
        out, _ = where(case, server, "first", "--debuginfod")
        assert f"{place}/debuginfo" in server.asked and "names.c" in out and "compare" in out, (server.asked, out)

        case.reset(None)  # the program too is fetched
        server.files = {f"{place}/executable": case.whole}
        out, _ = where(case, server, "second", "--debuginfod")
        assert f"{place}/executable" in server.asked and "names.c" in out, (server.asked, out)

        case.reset(stripped)
        other = os.path.join(case.folder, "other")
        run("cp", INQUEST, other)  # of another build ID
        server.files = {f"{place}/debuginfo": other}
        out, _ = where(case, server, "third", "--debuginfod")
        assert "names.c" not in out, out

        _, messages = where(case, None, "fourth", "--debuginfod")
        assert messages.count("DEBUGINFOD_URLS") == 1, messages
    return 0


if __name__ == "__main__":
    sys.exit(main())
