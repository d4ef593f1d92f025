# SPDX-License-Identifier: Apache-2.0
"""What scripts about the running daemon have in common: the programs that they start, each with
nothing of the caller's environment, and what they ask of them. Only Python's own library."""

import datetime
import functools
import hashlib
import hmac
import http.server
import json
import os
import queue
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

# Tests have no patience to lose, and machines under load have no hurry.
PATIENCE_S = 60

OPERATOR = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}

ACCOUNT = "111122223333"
TARGETS = {"cloudtrail": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
           "kms": "TrentService"}

# A world of one trail and its key.
KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
WORLD = """\
{ "regions": ["us-east-1"], "accounts": [ { "id": "111122223333",
  "keys": [ { "id": "%(key)s" } ], "trails": [ { "name": "main", "key": "%(key)s" } ] } ] }
""" % {"key": KEY_ARN.rpartition("/")[2]}

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def environment(home, **more):
    """That of a stranger with the simulator's documented keys."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LC_ALL": "C.UTF-8",
            **OPERATOR, **more}


def until(what, ask, patience=PATIENCE_S, every=0.05):
    """What ask() gives as soon as it gives something; an error when it never does."""
    end = time.monotonic() + patience
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError("waited %d s in vain: %s" % (patience, what))
        time.sleep(every)


def write(folder, name, text):
    """Writes a file anew; gives its path."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def free_port():
    """One that nobody has now: for programs that do not tell which they got."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(url):
    """Status and text of a page of this machine."""
    try:
        with _direct.open(url, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def evidence(build, state, *arguments):
    """One verb of `trailsealctl evidence` on the ledger of a state directory."""
    return subprocess.run([os.path.join(build, "ctl/trailsealctl"), "evidence", *arguments,
                           "--database", os.path.join(state, "trailseal.db")],
                          capture_output=True, text=True, check=False)


class Program:
    """A child process whose standard error is kept in a file, behind what is there."""

    def __init__(self, argv, log, **popen):
        self.log_path = log
        with open(log, "ab") as err:
            self.log_begin = err.tell()
            self.began = time.monotonic()
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=err, **popen)

    def log(self):
        """What this process said."""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            file.seek(self.log_begin)
            return file.read()

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        """Without a warning; gives whether it still lived."""
        lived = self.alive()
        self.process.kill()
        self.process.wait()
        return lived

    def end(self):
        """Ends it in order; gives its exit status."""
        if self.alive():
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


class Simulator(Program):
    """awssim with these options. What comes before it on the command line is argv."""

    def __init__(self, build, log, *options, argv=(), **popen):
        super().__init__([*argv, os.path.join(build, "tests/awssim/awssim"), *options], log,
                         stdout=subprocess.PIPE, text=True, **popen)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError("the simulator does not serve: %s" % self.log())
        self.url = line.split()[2]

    def post(self, path, body, headers=None):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers or {})
        with _direct.open(request, timeout=PATIENCE_S) as answer:
            return json.loads(answer.read() or b"{}")

    def control(self, path, **members):
        """A change of the world, or of how it answers."""
        return self.post("/_awssim/" + path, members)

    def calls(self):
        """What was asked so far."""
        return json.loads(fetch(self.url + "/_awssim/calls")[1])

    def ask(self, service, operation, region, **members):
        """A signed call of one of the JSON services, as the account's operator."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {"content-type": "application/x-amz-json-1.1", "host": self.url.split("/")[2],
                   "x-amz-date": now, "x-amz-target": "%s.%s" % (TARGETS[service], operation)}
        headers["authorization"] = _sign(headers, json.dumps(members), service, region)
        return self.post("/", members, headers)

    def end(self):
        status = super().end()
        self.process.stdout.close()
        return status


def _sign(headers, body, service, region):
    """The header that signs a POST with the operator's key."""
    def sha256(text):
        return hashlib.sha256(text.encode()).hexdigest()

    now, names = headers["x-amz-date"], ";".join(sorted(headers))
    canonical = "\n".join(["POST", "/", "", *("%s:%s" % pair for pair in sorted(headers.items())),
                           "", names, sha256(body)])
    scope = "%s/%s/%s/aws4_request" % (now[:8], region, service)
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, sha256(canonical)])
    key = ("AWS4" + OPERATOR["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        OPERATOR["AWS_ACCESS_KEY_ID"], scope, names,
        hmac.digest(key, text.encode(), "sha256").hex())


class Daemon(Program):
    """trailseald, with its configuration and log in `folder`."""

    def __init__(self, build, config, aws_url, folder, argv=(), more=None, **popen):
        variables = environment(folder, AWS_ENDPOINT_URL=aws_url, **(more or {}))
        self.config = os.path.join(folder, "trailseal.yaml")
        if config is not None:
            self.configure(config)
        super().__init__([*argv, os.path.join(build, "daemon/trailseald"), "--config", self.config],
                         os.path.join(folder, "log"), env=variables, **popen)

    def configure(self, text):
        write("", self.config, text)

    def find_url(self):
        """Where its pages are; None before it serves them."""
        said = re.search(r"its pages are at (\S+)", self.log())
        if said is None and not self.alive():
            raise RuntimeError("trailseald did not start:\n%s" % self.log())
        return said and said[1]

    @functools.cached_property
    def url(self):
        return until("the daemon's pages", self.find_url, every=0.005)

    def get(self, path):
        """A page's status and text."""
        return fetch(self.url + path)

    def metrics(self):
        """The samples of /metrics: {'name{label="value",...}': value}."""
        samples = {}
        for line in self.get("/metrics")[1].splitlines():
            if line and not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                samples[series] = float(value)
        return samples

    def metric(self, name):
        """The sum of all series of this name; None without any."""
        values = [v for series, v in self.metrics().items() if series.partition("{")[0] == name]
        return sum(values) if values else None

    def rss_kb(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.process.pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))


class Delivery:
    """One request to the webhook."""

    def __init__(self, ident, body):
        self.id = ident
        self.body = body
        self.at = time.monotonic()
        self.accepted = False
        self.alert, = json.loads(body)["alerts"]
        self.alert["delivery"] = ident      # the same at every try


class Hook(http.server.ThreadingHTTPServer):
    """A receiver of the generic webhook on a port of the kernel's choice. It keeps all deliveries,
    and the alerts of those that it took. What `treat` gives for a delivery, which is called on the
    way, is the status of the answer: None cuts the connection. Others than 200 ask to be tried
    again after a second."""

    daemon_threads = True

    def __init__(self, treat=lambda delivery: 200):
        super().__init__(("127.0.0.1", 0), _HookRequest)
        self.treat = treat
        self.alerts = queue.Queue()
        self.deliveries = []        # lists are appended to and copied at once
        self.url = "http://127.0.0.1:%d/" % self.server_port
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # who was killed does not wait for an answer

    def taken(self):
        return list(self.deliveries)

    def end(self):
        self.shutdown()
        self.server_close()


class _HookRequest(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # pylint: disable=invalid-name
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return
        delivery = Delivery(self.headers["webhook-id"], body.decode())
        self.server.deliveries.append(delivery)
        status = self.server.treat(delivery)
        if status is None:
            self.close_connection = True
            return
        if status == 200:
            delivery.accepted = True
            self.server.alerts.put(delivery.alert)
        self.answer(status)

    def answer(self, status):
        self.send_response(status)
        if status != 200:
            self.send_header("retry-after", "1")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


class Stage:
    """A folder with a state directory, gone with the block, and what plays there, ended with it."""

    def __init__(self, build, name):
        self.build = os.path.abspath(build)
        self.name = name

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="trailseal-%s-" % self.name)
        self.state = self.path("state")
        os.mkdir(self.state, 0o700)
        self.players = []
        return self

    def __exit__(self, kind, *_):
        for player in reversed(self.players):
            player.end()
        if kind is not None and os.path.exists(self.path("log")):
            with open(self.path("log"), encoding="utf-8", errors="replace") as log:
                print("the end of the daemon's log:\n" + log.read()[-8000:], flush=True)
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        return write(self.folder, name, text)

    def play(self, player):
        self.players.append(player)
        return player

    def simulator(self, *options, **more):
        return self.play(Simulator(self.build, self.path("awssim.log"), *options, **more))

    def daemon(self, config, aws_url, **more):
        return self.play(Daemon(self.build, config, aws_url, self.folder, **more))

    def hook(self, **more):
        return self.play(Hook(**more))
