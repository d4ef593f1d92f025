# SPDX-License-Identifier: Apache-2.0
"""What scripts about the running daemon have in common: the programs that they start, each with
nothing of the caller's environment, and what they ask of them. Only Python's own library."""

import http.server
import json
import os
import queue
import re
import socket
import subprocess
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


def until(what, ask, patience=PATIENCE_S):
    """What ask() gives as soon as it gives something; an error when it never does."""
    end = time.monotonic() + patience
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError("waited %d s in vain: %s" % (patience, what))
        time.sleep(0.05)


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


class Program:
    """A child process whose standard error is kept in a file."""

    def __init__(self, argv, log, **popen):
        self.log_path = log
        with open(log, "wb") as err:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=err, **popen)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def alive(self):
        return self.process.poll() is None

    def end(self):
        """Ends it in order; gives its exit status."""
        if self.alive():
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


class Simulator(Program):
    """awssim, serving the world of a file."""

    def __init__(self, build, world, log, **popen):
        super().__init__([os.path.join(build, "tests/awssim/awssim"), "--world", world], log,
                         stdout=subprocess.PIPE, text=True, **popen)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError("the simulator does not serve: %s" % self.log())
        self.url = line.split()[2]

    def control(self, path, **members):
        request = urllib.request.Request(self.url + "/_awssim/" + path,
                                         json.dumps(members).encode())
        with _direct.open(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def end(self):
        status = super().end()
        self.process.stdout.close()
        return status


class Daemon(Program):
    """trailseald; with a state directory of its own in `folder`, which is kept."""

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
        """Where its pages are, as it last said; None before that."""
        said = re.findall(r"its pages are at (\S+)", self.log())
        if not said and not self.alive():
            raise RuntimeError("trailseald did not start:\n%s" % self.log())
        return said[-1] if said else None

    @property
    def url(self):
        return until("the daemon's pages", self.find_url)

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

    def metric(self, series):
        return self.metrics().get(series)


class Hook(http.server.ThreadingHTTPServer):
    """A receiver of the generic webhook on a port of the kernel's choice: alerts as they come."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _HookRequest)
        self.alerts = queue.Queue()
        self.url = "http://127.0.0.1:%d/" % self.server_port
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()


class _HookRequest(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # pylint: disable=invalid-name
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in body["alerts"]:
            alert["delivery"] = self.headers["webhook-id"]      # the same at every try
            self.server.alerts.put(alert)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass
