# SPDX-License-Identifier: Apache-2.0

"""Runs the commands that the README shows: commands.py NAME FILE

program   in a folder with captures, one after the other
relay     with other ports, and until frames of both directions have gone by
"""

import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../relay"))
import harness  # noqa: E402


def write_pcap(path, client, server):
    """A connection over IPv4, in which each side sends its octets in segments of 1000."""
    packets = []
    sequences = {"client": 1000, "server": 5000}

    def send(side, flags, octets=b""):
        other = "server" if side == "client" else "client"
        ports = (40000, 80) if side == "client" else (80, 40000)
        addresses = (b"\x7f\0\0\1", b"\x7f\0\0\2") if side == "client" else (b"\x7f\0\0\2", b"\x7f\0\0\1")
        tcp = struct.pack(">HHIIBBHHH", *ports, sequences[side], sequences[other], 0x50, flags, 65535, 0, 0)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(octets), 0, 0, 64, 6, 0) + b"".join(addresses)
        packets.append(ip + tcp + octets)
        sequences[side] += len(octets) + (1 if flags & 0x02 else 0)

    send("client", 0x02)
    send("server", 0x12)
    send("client", 0x10)
    for side, octets in (("client", client), ("server", server)):
        for i in range(0, len(octets), 1000):
            send(side, 0x18, octets[i:i + 1000])
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 228))  # of IPv4 packets
        for i, packet in enumerate(packets):
            file.write(struct.pack("<IIII", i, 0, len(packet), len(packet)) + packet)


def program(commands):
    captures = os.path.join(HERE, "../captures")
    with tempfile.TemporaryDirectory() as folder:
        octets = []
        for name, capture in (("c.h2", "h2-apache.client.h2"), ("s.h2", "h2-apache.server.h2")):
            shutil.copy(os.path.join(captures, capture), os.path.join(folder, name))
            with open(os.path.join(folder, name), "rb") as file:
                octets.append(file.read())
        write_pcap(os.path.join(folder, "FILE.pcap"), *octets)
        for command in commands.splitlines():
            if not command or command.startswith("#"):
                continue
            if command.startswith("tshark") and harness.missing("tshark"):
                print("left out: tshark is missing")
                continue
            done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, timeout=60,
                                  capture_output=True)
            print(command, "->", done.returncode)
            # --errors shows nothing where nothing is wrong, and cmp where nothing differs.
            quiet = "--errors" in command or "cmp" in command
            if done.returncode != 0 or (done.stdout == b"") != quiet:
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
