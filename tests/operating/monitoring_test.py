#!/usr/bin/python3
"""Alert rules, dashboard and runbooks: what they name is exported by running nodes, every rule fires when it should and
not before, and a real Prometheus that watches a node raises the alarm.

monitoring_test.py <passerelle> <source folder> <work folder>

Exit code 77 (skipped) without the package prometheus.
"""
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request

import yaml

PROGRAM, SOURCE, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
sys.path.insert(0, str(SOURCE / "tests/operating"))
import local_nodes  # noqa: E402

FILES = SOURCE / "helm/passerelle/files"
RUNBOOKS = SOURCE / "docs/operating/runbooks"
RULES = FILES / "alerts.yaml"
# Of Prometheus itself.
OWN_METRICS = {"up"}
PATIENCE_SECONDS = 60


def rules():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def panels():
    return json.loads((FILES / "dashboard.json").read_text())["panels"]


def expressions():
    """Every expression of the rules and the dashboard, with its place."""
    found = [(rule["alert"], rule["expr"]) for rule in rules()]
    return found + [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]


def metrics_in(expression):
    """Names of metrics: identifiers that are neither within braces nor functions nor words of the language."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", expression)
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", " ", bare)
    names = re.findall(r"\b[a-zA-Z_][a-zA-Z0-9_]*\b(?!\s*\()", bare)
    return {name for name in names if name not in {"and", "or", "unless", "offset", "sum", "count", "by"}
            and not re.fullmatch(r"[smhd]|\d.*|1h", name)}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def exported_names():
    """What running nodes export: the three of the demonstration while they exchange, and one that refuses a caller."""
    names, pages = set(), []
    folder = WORK / "watched"
    demo = subprocess.Popen([PROGRAM, "demo", "--keep", str(folder)], stdout=subprocess.DEVNULL)
    while demo.poll() is None:
        for ports in folder.glob("*/ports.json"):
            try:
                address = json.loads(ports.read_text())["metrics"]
                with urllib.request.urlopen("http://%s/metrics" % address, timeout=2) as page:
                    pages.append(page.read().decode())
            except (OSError, ValueError, KeyError):
                pass  # not open yet, or not any more
        time.sleep(0.02)
    assert demo.returncode == 0
    for page in pages:
        names |= local_nodes.metric_names(page)
    # A trust bundle, of which the demonstration has none.
    bundle, root = local_nodes.make_trust_bundle(PROGRAM, SOURCE, WORK)
    trust = ["--set", "trust_bundle.path=%s" % bundle, "--set", "trust_bundle.root=%s" % root]
    with local_nodes.LocalNode(PROGRAM, folder / "NO/node.yaml", *trust) as node:
        stranger = folder / "NL/clients/admissions-office"
        code = local_nodes.call_as(node.ports()["client"], str(stranger) + ".crt.pem", str(stranger) + ".key.pem",
                                   folder / "authority.crt.pem", "/passerelle.sharing.v1.SharingService/GetAuthorisation")
        assert code in ("PERMISSION_DENIED", "UNAUTHENTICATED"), code
        names |= local_nodes.metric_names(node.metrics())
    return names


class Names(unittest.TestCase):
    def test_every_metric_is_exported_by_a_node(self):
        exported = exported_names()
        header = (SOURCE / "gateway/telemetry/metric_names.h").read_text()
        for place, expression in expressions():
            named = metrics_in(expression) - OWN_METRICS
            self.assertTrue(named or "up" in expression, place)
            for name in named:
                self.assertIn(name, exported, place)
                self.assertIn('"%s"' % re.sub(r"_(bucket|count|sum)$", "", name), header, place)

    def test_the_page_lists_every_metric(self):
        header = (SOURCE / "gateway/telemetry/metric_names.h").read_text()
        names = set(re.findall(r"kMetric\w+\[\] = \"(\w+)\"", header))
        self.assertGreater(len(names), 10)
        rows = [line for line in (SOURCE / "docs/operating/monitor.md").read_text().splitlines() if line.startswith("| `")]
        self.assertEqual({name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}, names)

    def test_the_test_finds_names(self):
        self.assertEqual(metrics_in('sum by (a) (rate(x_total{b="c"}[5m])) / y > 5 and z offset 1h'), {"x_total", "y", "z"})

    def test_every_alert_has_its_runbook_and_every_runbook_its_alert(self):
        alerts = {rule["alert"] for rule in rules()}
        self.assertEqual(len(alerts), len(rules()))
        self.assertEqual({path.stem for path in RUNBOOKS.glob("Passerelle*.md")}, alerts)
        for rule in rules():
            self.assertEqual(rule["annotations"]["runbook"], "docs/operating/runbooks/%s.md" % rule["alert"])
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))
            self.assertTrue(rule["annotations"]["summary"].endswith("."))
            text = (SOURCE / rule["annotations"]["runbook"]).read_text()
            for heading in ("## What it means", "## Look", "## Do"):
                self.assertIn(heading, text, rule["alert"])


class Promtool(unittest.TestCase):
    def test_every_rule_fires_when_it_should_and_not_before(self):
        cases = yaml.safe_load((SOURCE / "tests/operating/alert_cases.yaml").read_text())
        self.assertEqual({case["alert"] for case in cases}, {rule["alert"] for rule in rules()})
        tests = []
        for case in cases:
            for kind, samples in (("fires", [{"labels": '{alertname="%s"}' % case["alert"], "value": 1}]), ("quiet", [])):
                series = [line.replace("{J", '{job="passerelle",instance="a"').rsplit("} ", 1) for line in case[kind]]
                tests.append({
                    "name": "%s %s" % (case["alert"], kind),
                    "interval": "1m",
                    "input_series": [{"series": name + "}", "values": values} for name, values in series],
                    "promql_expr_test": [{
                        "expr": 'count by (alertname) (ALERTS{alertstate="firing",alertname="%s"})' % case["alert"],
                        "eval_time": "%dm" % case["minutes"], "exp_samples": samples}]})
        file = WORK / "promtool.yaml"
        file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}))
        subprocess.run(["promtool", "check", "rules", RULES], check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print("promtool: %d rules, %d cases" % (len(rules()), len(tests)))


class Watched(unittest.TestCase):
    """A real Prometheus scrapes a real node. Waiting times of the rules are cut to seconds in a copy."""

    def setUp(self):
        self.folder = local_nodes.make_federation(PROGRAM, WORK / "prometheus-federation")
        self.node = local_nodes.LocalNode(PROGRAM, self.folder / "NO/node.yaml")
        self.addCleanup(self.node.stop)
        self.node.wait_until_ready()
        rules_copy = WORK / "rules.yaml"
        rules_copy.write_text(re.sub(r"for: \d+[mh]", "for: 1s", RULES.read_text()))
        self.target = self.node.ports()["metrics"]
        (WORK / "prometheus.yaml").write_text(yaml.safe_dump({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(rules_copy)],
            "scrape_configs": [{"job_name": "passerelle", "static_configs": [{"targets": [self.target]}]}]}))
        port = free_port()
        self.address = "http://127.0.0.1:%d" % port
        log = open(WORK / "prometheus.log", "w")
        self.addCleanup(log.close)
        self.prometheus = subprocess.Popen(
            ["prometheus", "--config.file", WORK / "prometheus.yaml", "--storage.tsdb.path", WORK / "tsdb",
             "--web.listen-address", "127.0.0.1:%d" % port], stdout=log, stderr=subprocess.STDOUT)
        self.addCleanup(self.end_prometheus)

    def end_prometheus(self):
        self.prometheus.send_signal(signal.SIGTERM)
        self.prometheus.wait(20)

    def query(self, expression):
        url = self.address + "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["data"]["result"]

    def wait_for(self, expression):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                result = self.query(expression)
                if result:
                    return result
            except OSError:
                pass  # Prometheus is still starting
            time.sleep(0.2)
        self.fail("never: " + expression)

    def firing(self, alert):
        return 'ALERTS{alertstate="firing",alertname="%s"}' % alert

    def test_raises_the_alarm(self):
        self.wait_for('up{job="passerelle"} == 1')
        # Prometheus understands every expression of the dashboard.
        for place, expression in expressions():
            self.query(expression.replace("$instance", ".*").replace("$__rate_interval", "1m"))
        # The certificates of a federation on one machine last for a few days.
        found = self.wait_for(self.firing("PasserelleCertificateExpiresSoon"))
        self.assertIn(found[0]["metric"]["purpose"], ("client_port", "http_port", "peer_port"))
        self.assertEqual(self.query(self.firing("PasserelleFileRefused")), [])
        self.assertEqual(self.query(self.firing("PasserelleRestartNeeded")), [])
        node_map = self.folder / "node-map.json"
        node_map.write_text(node_map.read_text() + "more")
        found = self.wait_for(self.firing("PasserelleFileRefused"))
        self.assertEqual(found[0]["metric"]["event"], "node_map.refused")
        config = self.folder / "NO/node.yaml"
        config.write_text(config.read_text() + "refuse_loss: [level]\n")
        self.wait_for(self.firing("PasserelleRestartNeeded"))
        self.assertEqual(self.query(self.firing("PasserelleNodeDown")), [])
        self.node.stop()
        found = self.wait_for(self.firing("PasserelleNodeDown"))
        self.assertEqual(found[0]["metric"]["instance"], self.target)


def main():
    if shutil.which("prometheus") is None or shutil.which("promtool") is None:
        print("SKIPPED: the package prometheus is not installed; scripts/setup.sh installs it")
        return 77
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    result = unittest.main(argv=[sys.argv[0]], exit=False).result
    print("monitoring: %d rules, %d panels, %d checks, %d failed" % (
        len(rules()), len(panels()), result.testsRun, len(result.failures) + len(result.errors)))
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
