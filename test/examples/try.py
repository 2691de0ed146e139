# SPDX-License-Identifier: Apache-2.0

"""Runs an example against a real program: try.py NAME PROGRAM"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../relay"))
import harness  # noqa: E402


def check(what, holds, seen):
    if not holds:
        sys.exit(f"{what}: {seen}")
    print(f"{what}: yes")


def ping_meter(program):
    _, port = harness.nghttpd(harness.document_root())
    done = harness.run([program, "127.0.0.1", str(port), "3"])
    check("three PINGs are answered", done.returncode == 0 and
          re.fullmatch(rb"(PING \d: [\d.e+-]+ us\n){3}", done.stdout), done)


def fetch(program):
    root = harness.document_root()
    _, port = harness.nghttpd(root)
    for path in ("1k", "large"):
        done = harness.run([program, "127.0.0.1", str(port), "/" + path])
        with open(os.path.join(root, path), "rb") as file:
            check(f"/{path} comes whole", done.returncode == 0 and done.stdout == file.read(), done.stderr)
        check("its status is shown", b":status: 200\n" in done.stderr, done.stderr)
    done = harness.run([program, "127.0.0.1", str(port), "/nothing"])
    check("404 is shown", b":status: 404\n" in done.stderr, done.stderr)


def serve_one(program):
    for client in (["curl", "-sS", "--http2-prior-knowledge"], ["nghttp"],
                   ["curl", "-sS", "--http2-prior-knowledge", "-d", "a=b"]):
        server, port = harness.with_port([program, "0"])
        done = harness.run([*client, f"http://127.0.0.1:{port}/page"])
        check(f"{' '.join(client)} is answered",
              done.returncode == 0 and done.stdout.startswith(b"hello from stream "), done)
        seen = server.communicate(timeout=20)[0]
        check("the request is shown", b":path: /page\n" in seen, seen)
        check("it ends well", server.returncode == 0, server.returncode)


def sniff(program):
    captures = os.path.join(HERE, "../captures")
    names = sorted(name for name in os.listdir(captures) if name.endswith(".h2"))
    for name in names:
        with open(os.path.join(captures, name), "rb") as capture:
            done = harness.run([program], stdin=capture)
        frames = sum(int(number) for number in re.findall(rb": (\d+) frames", done.stdout))
        check(f"{name} is read to its end, {frames} frames", done.returncode == 0 and frames > 0, done)
    done = harness.run([program], input=bytes.fromhex("000003 03 00 00000001 000000".replace(" ", "")))
    check("a fault is named", done.returncode == 1 and b"FRAME_SIZE_ERROR" in done.stdout, done)


def forward(program):
    root = harness.document_root()
    with open(os.path.join(root, "large"), "rb") as file:
        large = file.read()
    # nghttpd pads what it sends, which the forwarder drops and returns the price of.
    _, port = harness.nghttpd(root, "--padding=100")
    for client in (["curl", "-sS", "--http2-prior-knowledge"], ["nghttp", "--padding=50"]):
        forwarder, at = harness.with_port([program, "0", "127.0.0.1", str(port)])
        done = harness.run([*client, f"http://127.0.0.1:{at}/large"])
        check(f"{client[0]} gets 20 MiB", done.returncode == 0 and done.stdout == large, done.stderr)
        check("it ends with them", forwarder.wait(20) == 0, forwarder.returncode)
    forwarder, at = harness.with_port([program, "0", "127.0.0.1", str(port)])
    done = harness.run(["h2load", "-n", "2000", "-m", "50", f"http://127.0.0.1:{at}/1k"])
    check("2000 requests pass", b"2000 succeeded, 0 failed" in done.stdout, done)


PROGRAMS = {"ping_meter": ["nghttpd"], "fetch": ["nghttpd"], "serve_one": ["curl", "nghttp"],
            "sniff": [], "forward": ["nghttpd", "nghttp", "curl", "h2load"]}

if __name__ == "__main__":
    name, program = sys.argv[1:]
    if (absent := harness.missing(*PROGRAMS[name])) is not None:
        print(f"skipped: {absent} is missing")
        sys.exit(77)
    globals()[name](program)
