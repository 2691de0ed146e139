# SPDX-License-Identifier: Apache-2.0

"""Programs that a test of the relay starts, and stops: servers, the relay, taps beside it.

All listen on loopback, at ports that the system picks. Each is stopped by its own id.
"""

import atexit
import hashlib
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("H2WIRE", os.path.join(HERE, "../../.build/test/h2wire"))
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's packages
WORK = tempfile.mkdtemp(prefix="h2wire-relay-")
atexit.register(shutil.rmtree, WORK, True)
running = []


def stop_all():
    for process in running:
        if process.poll() is None:
            process.terminate()  # a master takes its workers along
    for process in running:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


atexit.register(stop_all)


def start(command, **options):
    process = subprocess.Popen(command, **options)
    running.append(process)
    return process


def stop(process, number=signal.SIGTERM):
    """Sends the signal, and returns the exit status."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"{process.args[0]} does not end")


def missing(*programs):
    """The first of the programs that is not there, by name; python3-* are modules of Python."""
    for program in programs:
        if program.startswith("python3-"):
            module = {"python3-grpcio": "grpc", "python3-h2": "h2"}[program]
            there = subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode == 0
        else:
            there = shutil.which(program) is not None
        if not there:
            return program
    return None


def free_port():
    # Whoever asks next may be given the same: serve() sees to that.
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, process=None):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise AssertionError(f"{process.args[0]} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            if process is None or process.poll() is None:
                return port
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nobody listens at {port}")


def until(is_so, what, seconds=5):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"not so after {seconds} s: {what}"
        time.sleep(0.01)


class Relay:
    """The relay in front of `upstream`, a port."""

    def __init__(self, upstream, *options, program=PROGRAM):
        self.log_path = tempfile.mktemp(dir=WORK)
        self.log_file = open(self.log_path, "wb")
        self.process = start(
            [program, "relay", "--listen=127.0.0.1:0", f"--upstream=127.0.0.1:{upstream}",
             "--drain_timeout=2s", *options],
            stdout=self.log_file, stderr=subprocess.PIPE)
        line = self.process.stderr.readline().decode()
        found = re.match(r"h2wire: relaying 127\.0\.0\.1:(\d+) to ", line)
        if not found:
            raise AssertionError(f"the relay says {line!r}")
        self.port = int(found[1])
        self.errors = []
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()

    def log(self):
        with open(self.log_path) as log:
            return log.read()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def spare_descriptors(self):
        """Those kept to be given up, and standard input if it is /dev/null."""
        where = f"/proc/{self.process.pid}/fd"
        return sum(os.path.realpath(f"{where}/{one}") == "/dev/null" for one in os.listdir(where))

    def resident(self):
        """KiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])

    def stop(self):
        status = stop(self.process, signal.SIGTERM)
        assert status == 0, f"the relay ends with {status}: {self.errors}"


class Tap:
    """Passes connections on, and keeps of each direction of each how much and what went by."""

    def __init__(self, to):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.to = to
        self.connections = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                client.close()
                continue
            record = {"there": [0, hashlib.sha256()], "back": [0, hashlib.sha256()]}
            self.connections.append(record)
            for way, one, other in (("there", client, server), ("back", server, client)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.copy, args=(record[way], one, other), daemon=True).start()

    @staticmethod
    def copy(record, one, other):
        try:
            while octets := one.recv(1 << 18):
                record[0] += len(octets)
                record[1].update(octets)
                other.sendall(octets)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (one, other):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def ways(self):
        """What went each way, connection by connection; but for those on which nothing went."""
        return [[(c[way][0], c[way][1].hexdigest()) for way in ("there", "back")]
                for c in self.connections if c["there"][0] or c["back"][0]]

    def close(self):
        self.listener.close()


def check_same_octets(near, far):
    """What came to the relay, by the tap before it, is what left it, by the tap behind it."""
    end = time.monotonic() + 10
    while sorted(near.ways()) != sorted(far.ways()) and time.monotonic() < end:
        time.sleep(0.05)
    if sorted(near.ways()) != sorted(far.ways()):
        raise AssertionError(f"before the relay {near.ways()}, behind it {far.ways()}")


def serve(command_of):
    """Starts a server that cannot say which port it was given; `command_of` makes its command."""
    for attempt in range(5):
        port = free_port()
        process = start(command_of(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return process, wait_for(port, process)
        except AssertionError:
            stop(process)
            if attempt == 4:
                raise


def nghttpd(root, *options):
    return serve(lambda port: ["nghttpd", "--no-tls", "-d", root, "-a", "127.0.0.1", *options, str(port)])


def nginx(root):
    where = tempfile.mkdtemp(dir=WORK)
    os.mkdir(os.path.join(where, "put"))
    conf = os.path.join(where, "nginx.conf")

    def command_of(port):
        with open(conf, "w") as out:
            out.write(f"""daemon off; pid {where}/pid; error_log {where}/error; worker_processes 1; user root;
events {{ worker_connections 1000; }}
http {{ access_log off; client_body_temp_path {where}/body; proxy_temp_path {where}/proxy;
  fastcgi_temp_path {where}/f; uwsgi_temp_path {where}/u; scgi_temp_path {where}/s;
  client_max_body_size 0; http2_max_concurrent_streams 1000; keepalive_requests 100000;
  large_client_header_buffers 4 64k;
  server {{ listen 127.0.0.1:{port} http2; root {root};
    location /put {{ root {where}; dav_methods PUT; create_full_put_path on; }} }} }}
""")
        return ["nginx", "-e", f"{where}/error", "-p", where, "-c", conf]

    return serve(command_of)


def with_port(command):
    """A program of ours, which says first which port it has."""
    process = start(command, stdout=subprocess.PIPE)
    return process, int(process.stdout.readline())


def node_server():
    return with_port(["node", os.path.join(HERE, "server.js")])


def grpc_server():
    return with_port([PYTHON, os.path.join(HERE, "grpc_server.py")])


def run(command, timeout=120, **options):
    done = subprocess.run(command, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **options)
    return done


def processor_times(process):
    """Its seconds in user mode, and in the system."""
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return [int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in fields[11:13]]


def document_root():
    root = tempfile.mkdtemp(dir=WORK)
    os.chmod(WORK, 0o755)
    os.chmod(root, 0o755)
    for name, size in (("index.html", 300), ("1k", 1024), ("large", 20 << 20), ("pushed", 5000)):
        with open(os.path.join(root, name), "wb") as out:
            out.write(os.urandom(size))
    return root
