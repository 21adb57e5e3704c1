"""Real nodes on loopback ports for the tests of operation: the federation that `passerelle demo --keep` leaves behind.

A test ends what it starts: a node stops when its standard input ends, so also when the test was killed.
"""
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.request

READY_SECONDS = 20


def make_federation(program, folder):
    """Keys, certificates, node map, registers and configurations of the nodes NO, NL and BG in a new folder."""
    subprocess.run([program, "demo", "--keep", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return pathlib.Path(folder)


def make_trust_bundle(program, source, folder):
    """A bundle of the anchors in docs/operating that is in force, signed; the paths of the bundle and of its root."""
    folder = pathlib.Path(folder)
    key, public, root, anchors, bundle = (folder / name for name in (
        "signer.pem", "signer.pub", "root.yaml", "anchors.yaml", "bundle.json"))
    subprocess.run(["openssl", "genpkey", "-algorithm", "ED25519", "-out", key], check=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    root.write_text(subprocess.run([program, "trust", "root", "--key", public, "--threshold", "1", "--anchor-threshold", "1"],
                                   check=True, capture_output=True, text=True).stdout)
    text = (pathlib.Path(source) / "docs/operating/anchors.yaml").read_text()
    anchors.write_text(re.sub(r"expire_time: .*", "expire_time: 2099-01-01T00:00:00Z", text))
    bundle.unlink(missing_ok=True)
    subprocess.run([program, "trust", "build", anchors, "--key", key, "--out", bundle], check=True)
    return bundle, root


class LocalNode:
    """One `passerelle serve`, from a configuration file."""

    def __init__(self, program, config, *flags, env=None, ports_file=None):
        self.config = pathlib.Path(config)
        self.ports_file = pathlib.Path(ports_file or self.config.parent / "ports.json")
        self.ports_file.unlink(missing_ok=True)
        self.log = open(self.config.parent / "serve.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [program, "serve", "--config", str(config), "--stop-with-stdin", *flags],
            stdin=subprocess.PIPE, stdout=self.log, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})

    def __enter__(self):
        self.wait_until_ready()
        return self

    def __exit__(self, *_):
        self.stop()

    def wait_until_ready(self):
        end = time.monotonic() + READY_SECONDS
        while not self.ports_file.exists():
            assert self.process.poll() is None, "the node ended:\n" + self.log_text()
            assert time.monotonic() < end, "the node did not become ready"
            time.sleep(0.02)

    def ports(self):
        """client, peer, admin, metrics: addresses such as 127.0.0.1:7001."""
        return json.loads(self.ports_file.read_text())

    def metrics(self):
        with urllib.request.urlopen("http://%s/metrics" % self.ports()["metrics"], timeout=5) as page:
            return page.read().decode()

    def log_text(self):
        return pathlib.Path(self.log.name).read_text(encoding="utf-8")

    def wait_for_log(self, text, seconds=10):
        end = time.monotonic() + seconds
        while text not in self.log_text():
            assert time.monotonic() < end, "the log never says %s:\n%s" % (text, self.log_text())
            time.sleep(0.05)

    def stop(self):
        """Ends the node in order; returns its exit code."""
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(READY_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        return self.process.returncode


def metric_names(page):
    """Names of the series of a metrics page."""
    return {line.split("{")[0].split(" ")[0] for line in page.splitlines() if line and not line.startswith("#")}


def health(address):
    """What the node says of its health: SERVING, NOT_SERVING."""
    import grpc
    with grpc.insecure_channel(address) as channel:
        answer = channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=5)
    return {b"\x08\x01": "SERVING", b"\x08\x02": "NOT_SERVING"}.get(answer, "something else")


def call_as(address, certificate, key, authorities, method):
    """The gRPC code of a call with an empty request under mutual TLS."""
    import grpc
    credentials = grpc.ssl_channel_credentials(
        pathlib.Path(authorities).read_bytes(), pathlib.Path(key).read_bytes(), pathlib.Path(certificate).read_bytes())
    options = [("grpc.ssl_target_name_override", "localhost")]
    with grpc.secure_channel(address, credentials, options) as channel:
        try:
            channel.unary_unary(method)(b"", timeout=10)
            return "OK"
        except grpc.RpcError as error:
            return error.code().name
