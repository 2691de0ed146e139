# SPDX-License-Identifier: Apache-2.0

"""Runs the commands that the README shows: commands.py NAME FILE

program   in a folder with captures, one after the other
relay     with other ports, and until frames of both directions have gone by
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../relay"))
import harness  # noqa: E402


def program(commands):
    with tempfile.TemporaryDirectory() as folder:
        captures = os.path.join(HERE, "../captures")
        for name, capture in (("capture.h2", "h2-apache.client.h2"), ("c.h2", "h2-apache.client.h2"),
                              ("s.h2", "h2-apache.server.h2")):
            shutil.copy(os.path.join(captures, capture), os.path.join(folder, name))
        for command in filter(None, commands.splitlines()):
            done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, timeout=60,
                                  capture_output=True)
            print(command, "->", done.returncode)
            if done.returncode != 0:
                sys.exit(done.stdout.decode() + done.stderr.decode())


def relay(commands):
    if (absent := harness.missing("nghttpd", "nghttp")) is not None:
        print(f"skipped: {absent} is missing")
        sys.exit(77)
    for port in ("8080", "8081"):
        commands = commands.replace(port, str(harness.free_port()))
    # Each command has a moment before the next, as when it is typed.
    script = "".join(f"{command}\nsleep 1\n" for command in commands.splitlines()) + "sleep 60\n"
    shell = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             start_new_session=True)
    os.set_blocking(shell.stdout.fileno(), False)
    seen = ""
    end = time.monotonic() + 30
    try:
        while time.monotonic() < end:
            seen += (shell.stdout.read() or b"").decode()
            if all(re.search(way + r" +HEADERS", seen) for way in ("client > server", "server > client")):
                print(seen)
                return
            time.sleep(0.05)
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.wait()
    sys.exit(f"no frames went by:\n{seen}")


if __name__ == "__main__":
    program_folder = os.path.dirname(os.environ["H2WIRE"])
    os.environ["PATH"] = program_folder + os.pathsep + os.environ["PATH"]
    with open(sys.argv[2]) as file:
        globals()[sys.argv[1]](file.read())
