# SPDX-License-Identifier: Apache-2.0
"""For tests of the whole daemon: the simulated AWS, trailseald on it, and a receiver of its webhook.

Everything listens on 127.0.0.1 at ports that the kernel chooses, and lives in one folder.
"""

import datetime
import hashlib
import hmac
import http.server
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ACCOUNT = "111122223333"
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TARGETS = {"cloudtrail": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
           "kms": "TrentService"}
DIRECT = urllib.request.ProxyHandler({})


def fetch(url, body=None, headers=None, ca_file=None, timeout=30):
    """The answer's body; an error's, too, in the exception."""
    handlers = [DIRECT]
    if ca_file:
        handlers.append(urllib.request.HTTPSHandler(
            context=ssl.create_default_context(cafile=ca_file)))
    request = urllib.request.Request(url, data=body, headers=headers or {})
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=timeout) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError("%s: %d %s" % (url, error.code, error.read()[:500])) from error


def until(seconds, condition, what, every=0.05):
    """Waits until the condition gives something true, and gives that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise RuntimeError("not within %d s: %s" % (seconds, what))
        time.sleep(every)


class Stage:
    """The folder and what plays in it, ended with the block."""

    def __init__(self, build, name):
        self.build = os.path.abspath(build)
        self.name = name

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="trailseal-%s-" % self.name)
        self.players = []
        return self

    def __exit__(self, kind, *_):
        for player in reversed(self.players):
            player.close()
        if kind is not None and os.path.exists(self.path("daemon.log")):
            with open(self.path("daemon.log"), encoding="utf-8", errors="replace") as log:
                print("the end of the daemon's log:\n" + log.read()[-8000:], flush=True)
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def program(self, name):
        return os.path.join(self.build, name)

    def play(self, player):
        self.players.append(player)
        return player


class Simulator:
    def __init__(self, stage, *arguments, before=(), ca_file=None):
        self.ca_file = ca_file
        self.process = subprocess.Popen(
            [*before, stage.program("tests/awssim/awssim"), "--listen", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = line.rsplit(" ", 1)[-1].strip()
        if not self.url.startswith("http"):
            raise RuntimeError("the simulator did not start: %r" % line)
        stage.play(self)

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def control(self, path, **members):
        """A request below /_awssim/: with members a POST, without a GET."""
        body = json.dumps(members).encode() if members else None
        return json.loads(fetch(self.url + "/_awssim/" + path, body, ca_file=self.ca_file) or "{}")

    def clear_faults(self):
        fetch(self.url + "/_awssim/fault/clear", b"", ca_file=self.ca_file)

    def ask(self, service, operation, region, **members):
        """A signed call of one of the JSON services, as the account's operator."""
        body = json.dumps(members).encode()
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {"content-type": "application/x-amz-json-1.1", "host": self.url.split("/")[2],
                   "x-amz-date": now, "x-amz-target": "%s.%s" % (TARGETS[service], operation)}
        names = ";".join(sorted(headers))
        canonical = "\n".join(["POST", "/", "", *("%s:%s" % pair for pair in sorted(headers.items())),
                               "", names, hashlib.sha256(body).hexdigest()])
        scope = "%s/%s/%s/aws4_request" % (now[:8], region, service)
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope,
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + SECRET_KEY).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, " \
            "Signature=%s" % (ACCESS_KEY, scope, names,
                              hmac.digest(key, text.encode(), "sha256").hex())
        return json.loads(fetch(self.url, body, headers, self.ca_file) or "{}")


class Daemon:
    """trailseald as a child; its log is the stage's file daemon.log."""

    def __init__(self, stage, simulator, config, before=()):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
        environment.update(AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY,
                           AWS_REGION="us-east-1", AWS_ENDPOINT_URL=simulator.url,
                           AWS_EC2_METADATA_DISABLED="true", HOME=stage.folder)
        if simulator.ca_file:
            environment["AWS_CA_BUNDLE"] = simulator.ca_file
        self.log = stage.path("daemon.log")
        self.log_begin = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        self.began = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*before, stage.program("daemon/trailseald"), "--config", config],
                stdout=log, stderr=log, env=environment)
        self.pid = self.process.pid
        stage.play(self)
        self.stage = stage

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            log.seek(self.log_begin)
            return log.read()

    def wait_ready(self, seconds=60):
        """Until it serves its pages; gives their URL."""
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError("the daemon ended with %d:\n%s" % (
                    self.process.returncode, self.said()))
            return re.search(r"its pages are at (\S+)", self.said())
        self.url = until(seconds, ready, "the daemon is ready", 0.005).group(1).rstrip("/")
        return self.url

    def metric(self, name):
        """The sum of all series of this name."""
        page = fetch(self.url + "/metrics").decode()
        values = re.findall(r"^%s(?:\{.*\})? (\S+)$" % name, page, re.MULTILINE)
        return sum(float(value) for value in values) if values else None

    def rss_kb(self):
        with open("/proc/%d/status" % self.pid, encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.pid))

    def kill(self):
        """Without a warning; gives whether it still lived."""
        lived = self.process.poll() is None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.leave()
        return lived

    def stop(self):
        """In order; gives its exit status."""
        self.process.terminate()
        status = self.process.wait(timeout=60)
        self.leave()
        return status

    def leave(self):
        if self in self.stage.players:
            self.stage.players.remove(self)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Delivery:
    """One request to the webhook."""

    def __init__(self, ident, body, at):
        self.id = ident
        self.body = body
        self.at = at
        self.accepted = False
        self.alert, = json.loads(body)["alerts"]


class Receiver:
    """Takes the webhook's requests and keeps them all. What `treat` gives for a delivery, which is
    called on the way, is the status of the answer: None cuts the connection. Others than 200 ask
    to be tried again after a second."""

    def __init__(self, stage, treat=lambda delivery: 200):
        self.treat = treat
        self.deliveries = []
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.take(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # who was killed does not wait for an answer

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d/hook" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        stage.play(self)

    def take(self, handler):
        at = time.monotonic()
        length = int(handler.headers["content-length"])
        body = handler.rfile.read(length)
        if len(body) < length:
            return
        delivery = Delivery(handler.headers["webhook-id"], body.decode(), at)
        with self.lock:
            self.deliveries.append(delivery)
        status = self.treat(delivery)
        if status is None:
            handler.close_connection = True
            return
        with self.lock:
            delivery.accepted = status == 200
        handler.send_response(status)
        if status != 200:
            handler.send_header("retry-after", "1")
        handler.send_header("content-length", "0")
        handler.end_headers()

    def taken(self):
        with self.lock:
            return list(self.deliveries)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def evidence(stage, *arguments):
    """One verb of `trailsealctl evidence` on the daemon's ledger."""
    return subprocess.run([stage.program("ctl/trailsealctl"), "evidence", *arguments, "--database",
                           stage.path("state/trailseal.db")], capture_output=True, text=True)
