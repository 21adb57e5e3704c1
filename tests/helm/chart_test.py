#!/usr/bin/python3
"""The chart: its values, what it renders, and whether a node takes the configuration in it.

chart_test.py <passerelle> <source folder> <work folder>

helm itself is not in Debian. What renders here is tests/helm/render: the same template engine and functions, an
approximation. What judges the objects are the models of the Kubernetes API (npm, kubernetes-models) with their types.
Exit code 77 (skipped) without Go and its libraries; without npm the judging alone is left out, and said so.
"""
import copy
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import jsonschema
import yaml

PROGRAM, SOURCE, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
CHART = SOURCE / "helm/passerelle"
PG_VALUES = CHART / "ci/postgresql-values.yaml"
sys.path.insert(0, str(SOURCE / "tests/operating"))
import local_nodes  # noqa: E402  beside this file in another folder

RENDER = WORK / "render"
APPROXIMATION = "rendered by tests/helm/render, an approximation of helm"


def ci_values():
    return sorted((CHART / "ci").glob("*-values.yaml"))


def merged_values(path):
    """The values of the chart with those of a file over them, as helm merges them."""
    def merge(base, over):
        for key, value in over.items():
            base[key] = merge(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        return base
    return merge(yaml.safe_load((CHART / "values.yaml").read_text()), yaml.safe_load(path.read_text()))


def render(path, *flags):
    done = subprocess.run([RENDER, "-chart", CHART, "-values", path, *flags], capture_output=True, text=True)
    return done


@functools.lru_cache(maxsize=None)
def objects(path):
    done = render(path)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.load_all(done.stdout, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            if document]


def of_kind(path, kind):
    return [document for document in objects(path) if document["kind"] == kind]


def pod_of(path):
    workloads = of_kind(path, "StatefulSet") + of_kind(path, "Deployment")
    assert len(workloads) == 1, workloads
    return workloads[0]["spec"]["template"]


class Values(unittest.TestCase):
    def setUp(self):
        self.schema = json.loads((CHART / "values.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft7Validator(self.schema)

    def test_every_example_is_allowed(self):
        self.assertGreaterEqual(len(ci_values()), 3)
        for path in ci_values():
            errors = [error.message for error in self.validator.iter_errors(merged_values(path))]
            self.assertEqual(errors, [], path.name)

    def test_values_that_cannot_work_are_refused(self):
        faults = {
            "an unknown key": lambda v: v.update(replicas=1),
            "an unknown key within": lambda v: v["node"].update(drainSecond=3),
            "no node": lambda v: v["node"].update(id=""),
            "no node map": lambda v: v["node"]["nodeMap"].update(existingConfigMap=""),
            "no message key": lambda v: v["node"]["messageKey"].update(existingSecret=""),
            "no certificate for clients": lambda v: v["tls"]["client"].update(existingSecret=""),
            "no certificate for peers": lambda v: v["tls"]["peer"].update(existingSecret=""),
            "two certificates for clients": lambda v: v["tls"]["client"]["certManager"].update(
                enabled=True, issuerRef={"name": "a", "kind": "Issuer", "group": "cert-manager.io"}),
            "replicas on one SQLite file": lambda v: v.update(replicaCount=2),
            "scaling on one SQLite file": lambda v: v["autoscaling"].update(enabled=True),
            "a store of a kind that there is not": lambda v: v["store"].update(kind="mysql"),
            "PostgreSQL without a connection": lambda v: v["store"].update(kind="postgresql"),
            "text for a number": lambda v: v.update(preStopSeconds="5"),
            "a digest that is none": lambda v: v["image"].update(digest="sha256:12"),
            "a client without certificate": lambda v: v["node"].update(clients=[{"id": "a"}]),
            "a client with a role that is none": lambda v: v["node"].update(
                clients=[{"id": "a", "certificate_sha256": "0" * 64, "case_roles": ["system"]}]),
            "encryption that is required without a key": lambda v: v["node"].update(encryptionKeys={"required": True}),
            "an issuer without keys": lambda v: v["node"].update(tokenIssuers=[{"issuer": "a", "audience": "b"}]),
            "an issuer with keys of two places": lambda v: v["node"].update(tokenIssuers=[
                {"issuer": "a", "audience": "b", "existingConfigMap": "c", "jwksUrl": "https://a.example/keys"}]),
            "keys of an issuer by plain http": lambda v: v["node"].update(tokenIssuers=[
                {"issuer": "a", "audience": "b", "jwksUrl": "http://a.example/keys"}]),
            "providers without a catalogue": lambda v: v["node"]["catalogue"]["providers"].update(existingConfigMap="a"),
            "an open catalogue that is none": lambda v: v["node"]["catalogue"].update(openToAnybody=True),
            "a catalogue at a path of no volume": lambda v: v["node"]["catalogue"].update(index="offers.db"),
            "a client with a duty that is none": lambda v: v["node"].update(
                clients=[{"id": "a", "certificate_sha256": "0" * 64, "emergency_duties": ["decide"]}]),
            "a service that is none": lambda v: v["node"].update(
                clients=[{"id": "a", "certificate_sha256": "0" * 64, "services": ["ExchangeService"]}]),
            "a drain that the pod does not know of": lambda v: v["node"].update(
                extraConfig={"time_limits": {"drain": "600s"}}),
        }
        good = merged_values(CHART / "ci/minimal-values.yaml")
        for what, spoil in faults.items():
            values = copy.deepcopy(good)
            spoil(values)
            self.assertTrue(list(self.validator.iter_errors(values)), what)

    def test_rendering_stops_without_what_is_required(self):
        empty = WORK / "empty.yaml"
        empty.write_text("{}\n")
        done = render(empty)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("required", done.stderr)


class Objects(unittest.TestCase):
    def test_the_models_of_the_api_find_nothing(self):
        judge = WORK / "judge"
        judge.mkdir(exist_ok=True)
        for name in ("package.json", "judge.mjs"):
            shutil.copy(SOURCE / "tests/helm/judge" / name, judge)
        if not (judge / "node_modules/kubernetes-models").exists():
            install = subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
                                     cwd=judge) if shutil.which("npm") else None
            if install is None or install.returncode != 0:
                self.skipTest("npm is not installed or its registry cannot be reached")
        files = []
        for path in ci_values():
            files.append(judge / path.name)
            files[-1].write_text(render(path).stdout)
        done = subprocess.run(["node", "judge.mjs", *files], cwd=judge, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print("models:", done.stdout.strip())
        # The judge does find faults of both kinds.
        text = files[0].read_text()
        for good, bad in (("containerPort: 7001", "containerPort: \"7001\""), ("failureThreshold: 60", "failureTreshold: 60")):
            self.assertIn(good, text)
            spoilt = judge / "spoilt.yaml"
            spoilt.write_text(text.replace(good, bad))
            done = subprocess.run(["node", "judge.mjs", spoilt], cwd=judge, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, bad)

    def test_pods_may_do_next_to_nothing(self):
        for path in ci_values():
            spec = pod_of(path)["spec"]
            container = spec["containers"][0]
            self.assertIs(spec["automountServiceAccountToken"], False)
            self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
            self.assertGreater(spec["securityContext"]["runAsUser"], 0)
            self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertIs(container["securityContext"]["readOnlyRootFilesystem"], True)
            self.assertIs(container["securityContext"]["allowPrivilegeEscalation"], False)
            self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]})
            self.assertIn("memory", container["resources"]["limits"])

    def test_every_mount_has_its_volume_and_secrets_are_for_the_group_alone(self):
        for path in ci_values():
            workload = (of_kind(path, "StatefulSet") + of_kind(path, "Deployment"))[0]["spec"]
            spec = workload["template"]["spec"]
            volumes = {volume["name"] for volume in spec["volumes"]}
            volumes |= {claim["metadata"]["name"] for claim in workload.get("volumeClaimTemplates", [])}
            mounts = spec["containers"][0]["volumeMounts"]
            self.assertEqual({mount["name"] for mount in mounts}, volumes)
            for volume in spec["volumes"]:
                if "secret" in volume:
                    self.assertEqual(volume["secret"]["defaultMode"], 0o440, volume)
            for mount in mounts:
                self.assertTrue(mount.get("readOnly") or mount["name"] == "store", mount)

    def test_a_pod_is_given_the_time_to_drain(self):
        for path in ci_values():
            values, spec = merged_values(path), pod_of(path)["spec"]
            self.assertGreater(spec["terminationGracePeriodSeconds"],
                               values["preStopSeconds"] + values["node"]["drainSeconds"])
            self.assertEqual(spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"], values["preStopSeconds"])
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                self.assertEqual(spec["containers"][0][probe]["grpc"], {"port": 7003})

    def test_selectors_find_the_pods_and_ports(self):
        for path in ci_values():
            pod = pod_of(path)
            labels = pod["metadata"]["labels"]
            ports = {port["name"] for port in pod["spec"]["containers"][0]["ports"]}
            services = of_kind(path, "Service")
            self.assertEqual(len(services), 2)
            for service in services:
                self.assertLessEqual(service["spec"]["selector"].items(), labels.items())
                self.assertLessEqual({port["targetPort"] for port in service["spec"]["ports"]}, ports)
            for policy in of_kind(path, "NetworkPolicy"):
                self.assertLessEqual(policy["spec"]["podSelector"]["matchLabels"].items(), labels.items())
                allowed = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
                self.assertNotIn("admin", allowed)
                self.assertLessEqual(allowed, ports)
            for budget in of_kind(path, "PodDisruptionBudget"):
                self.assertLessEqual(budget["spec"]["selector"]["matchLabels"].items(), labels.items())
            for monitor in of_kind(path, "ServiceMonitor"):
                found = [s for s in services if monitor["spec"]["selector"]["matchLabels"].items() <= s["metadata"]["labels"].items()]
                self.assertEqual([service["metadata"]["name"] for service in found], ["demo-passerelle-admin"])

    def test_clients_change_nothing_that_restarts_the_pod(self):
        plain = CHART / "ci/minimal-values.yaml"
        objects.cache_clear()
        checksum = lambda path: pod_of(path)["metadata"]["annotations"]["checksum/config"]
        for name, changes, restarts in (
                ("clients", {"clients": [{"id": "a", "certificate_sha256": "0" * 64}]}, False),
                ("drain", {"drainSeconds": 11}, True),
                ("extra", {"extraConfig": {"refuse_loss": ["level"]}}, True)):
            values = yaml.safe_load(plain.read_text())
            values["node"].update(changes)
            changed = WORK / (name + ".yaml")
            changed.write_text(yaml.safe_dump(values))
            self.assertNotEqual(render(plain).stdout, render(changed).stdout)
            self.assertEqual(checksum(plain) != checksum(changed), restarts, name)

    def test_one_sqlite_store_has_one_replica(self):
        for path in set(ci_values()) - {PG_VALUES}:
            self.assertEqual(of_kind(path, "StatefulSet")[0]["spec"]["replicas"], 1)
            self.assertEqual(of_kind(path, "HorizontalPodAutoscaler"), [])
        self.assertEqual(of_kind(PG_VALUES, "StatefulSet"), [])
        self.assertNotIn("replicas", of_kind(PG_VALUES, "Deployment")[0]["spec"])
        scaler = of_kind(PG_VALUES, "HorizontalPodAutoscaler")[0]["spec"]
        self.assertEqual(scaler["scaleTargetRef"]["name"], of_kind(PG_VALUES, "Deployment")[0]["metadata"]["name"])

    def test_rules_and_dashboard_are_the_files(self):
        path = CHART / "ci/full-values.yaml"
        rules = yaml.safe_load((CHART / "files/alerts.yaml").read_text())
        self.assertEqual(of_kind(path, "PrometheusRule")[0]["spec"], rules)
        dashboards = [c for c in of_kind(path, "ConfigMap") if c["metadata"]["name"].endswith("-dashboard")]
        self.assertEqual(json.loads(dashboards[0]["data"]["passerelle.json"]),
                         json.loads((CHART / "files/dashboard.json").read_text()))

    def test_notes_say_what_is_missing(self):
        notes = render(CHART / "ci/minimal-values.yaml", "-only", "NOTES.txt").stdout
        for text in ("one replica", "Nobody may call it yet", "no trust bundle", "Nobody watches it"):
            self.assertIn(text, notes)
        self.assertNotIn("Nobody may call it yet", render(CHART / "ci/full-values.yaml", "-only", "NOTES.txt").stdout)


class Configuration(unittest.TestCase):
    """The configuration in the ConfigMap, with the files of a real federation where the pod mounts them."""

    @classmethod
    def setUpClass(cls):
        cls.federation = local_nodes.make_federation(PROGRAM, WORK / "federation")
        # The chart mounts a map without signatures.
        plain = subprocess.run([PROGRAM, "federation", "show", cls.federation / "node-map.json", "--yaml"],
                               check=True, stdout=subprocess.PIPE)
        (cls.federation / "node-map-encrypted.yaml").write_bytes(plain.stdout)
        # Without the keys for encryption, for a node that does not hold them.
        (cls.federation / "node-map.yaml").write_bytes(
            re.sub(rb"(?ms)^  content_keys:.*?use: encryption\n", b"", plain.stdout))

    def lay_out(self, path):
        """What the pod would see, below a folder of its own; the path of its node.yaml."""
        root = WORK / ("pod-" + path.stem)
        shutil.rmtree(root, ignore_errors=True)
        etc, no, pod = root / "etc/passerelle", self.federation / "NO", pod_of(path)
        (root / "var/lib/passerelle").mkdir(parents=True)
        values, store = merged_values(path)["node"], merged_values(path)["store"]
        def put(name, source):
            (etc / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, etc / name)
            (etc / name).chmod(0o600)
        encrypted = bool(values["encryptionKeys"]["existingSecret"])
        put("node-map/" + values["nodeMap"]["key"],
            self.federation / ("node-map-encrypted.yaml" if encrypted else "node-map.yaml"))
        if encrypted:
            put("encryption-keys/2026.pem", no / "encryption.key.pem")
        for key in values["registerFacts"]["keys"]:
            put("register-facts/" + key, SOURCE / "docs/operating/register-facts.yaml")
        if values["catalogue"]["providers"]["existingConfigMap"]:
            put("providers/" + values["catalogue"]["providers"]["key"], SOURCE / "docs/concepts/providers.yaml")
        for index, issuer in enumerate(values["tokenIssuers"]):
            if "existingConfigMap" in issuer:
                put("token-issuer-%d/%s" % (index, issuer.get("key", "jwks.json")), self.key_set())
        put("message-key/" + values["messageKey"]["key"], no / "message.key.pem")
        for port in ("client-tls", "peer-tls"):
            put(port + "/tls.crt", no / "tls.crt.pem")
            put(port + "/tls.key", no / "tls.key.pem")
            put(port + "/ca.crt", self.federation / "authority.crt.pem")
        if store["postgresql"]["existingSecret"]:
            put("store-password/" + store["postgresql"]["key"], self.password())
        for key in values["recognitionPolicies"]["keys"]:
            put("policies/" + key, self.federation / "BG/policy-0.yaml")
        for index, _ in enumerate(values["seals"]):
            put("seal-%d/tls.key" % index, self.seal()[0])
            put("seal-%d/tls.crt" % index, self.seal()[1])
        if values["trustBundle"]["existingConfigMap"]:
            bundle, trust_root = local_nodes.make_trust_bundle(PROGRAM, SOURCE, WORK)
            put("trust/bundle.json", bundle)
            put("trust/root.yaml", trust_root)
        for mount in pod["spec"]["containers"][0]["volumeMounts"]:
            if mount["mountPath"] == "/register":
                shutil.copytree(no / "register", root / "register")
        config = next(c for c in of_kind(path, "ConfigMap") if "node.yaml" in c["data"])["data"]["node.yaml"]
        text = re.sub(r"(?<=[ \"])(/etc/passerelle|/var/lib/passerelle|/register)", lambda m: str(root) + m.group(0), config)
        (etc / "config").mkdir()
        (etc / "config/node.yaml").write_text(text)
        return etc / "config/node.yaml"

    def seal(self):
        key, certificate = WORK / "seal.key", WORK / "seal.crt"
        if not key.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", key, "-out", certificate, "-days", "30", "-subj", "/CN=Seal of a node",
                            "-addext", "keyUsage=critical,nonRepudiation", "-addext", "basicConstraints=critical,CA:FALSE"],
                           check=True, stderr=subprocess.DEVNULL)
        return key, certificate

    def key_set(self):
        """A JWK Set with a key of the federation."""
        nodes = yaml.safe_load((self.federation / "node-map.yaml").read_text())["nodes"]
        keys = WORK / "jwks.json"
        keys.write_text(json.dumps({"keys": [{**json.loads(nodes[0]["message_keys"][0]["jwk"]), "kid": "2026"}]}))
        return keys

    def password(self):
        password = WORK / "store-password"
        password.write_text("open sesame\n")
        return password

    def check(self, config):
        return subprocess.run([PROGRAM, "serve", "--config", config, "--check-config"], capture_output=True, text=True)

    def test_a_node_takes_it(self):
        for path in ci_values():
            done = self.check(self.lay_out(path))
            self.assertEqual((done.returncode, done.stdout), (0, "The configuration can be used.\n"), done.stderr)

    def test_a_store_in_postgresql_is_the_one_of_the_values(self):
        config = self.lay_out(PG_VALUES)
        done = subprocess.run([PROGRAM, "serve", "--config", config, "--print-config"], capture_output=True, text=True)
        printed = yaml.safe_load(done.stdout)
        self.assertNotIn("store", printed)
        self.assertEqual(printed["postgresql_store"]["schema"], "node_no")
        self.assertNotIn("open sesame", done.stdout)
        (config.parent.parent / "store-password/password").unlink()
        done = self.check(config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("store-password", done.stderr)

    def test_every_file_of_the_values_is_one_that_the_node_reads(self):
        path = CHART / "ci/access-values.yaml"
        for place in ("encryption-keys/2026.pem", "register-facts/nokut.yaml", "providers/providers.yaml",
                      "token-issuer-0/jwks.json"):
            config = self.lay_out(path)
            (config.parent.parent / place).write_text("nothing of use: [")
            done = self.check(config)
            self.assertEqual(done.returncode, 1, place)
            self.assertIn(place, done.stderr)

    def test_a_node_holds_what_the_values_say(self):
        config = self.lay_out(CHART / "ci/access-values.yaml")
        done = subprocess.run([PROGRAM, "serve", "--config", config, "--print-config"], capture_output=True, text=True)
        printed = yaml.safe_load(done.stdout)
        self.assertIs(printed["require_encryption"], True)
        issuers = printed["client_port"]["token_issuers"]
        self.assertEqual([issuer.get("jwks_url", "a file") for issuer in issuers],
                         ["a file", "https://sso.centre.example.org/keys"])
        self.assertEqual((issuers[0]["clock_skew"], issuers[1]["jwks_age_max"]), ("30s", "12h"))
        self.assertEqual(printed["client_port"]["clients"][0]["case_roles"], ["evaluator"])
        self.assertEqual([client["id"] for client in printed["client_port"]["clients"] if "emergency" in client],
                         ["neighbour-centre"])
        self.assertEqual(printed["client_port"]["open_services"], ["passerelle.catalogue.v1.CatalogueService"])
        self.assertTrue(printed["catalogue"]["index"].endswith("/var/lib/passerelle/offers.db"))

    def test_a_wrong_letter_is_found(self):
        config = self.lay_out(CHART / "ci/minimal-values.yaml")
        config.write_text(config.read_text().replace("metrics_listen", "metrics_lisen"))
        done = self.check(config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the nearest is \"metrics_listen\"", done.stderr)

    def test_a_node_serves_with_it_and_drains(self):
        config = self.lay_out(CHART / "ci/register-values.yaml")
        # A test listens on loopback only; the pod's environment overrides keys in the same way.
        listen = {"PASSERELLE_CONFIG_%s" % key: "127.0.0.1:0" for key in (
            "CLIENT_PORT__LISTEN", "PEER_PORT__LISTEN", "ADMIN_PORT__LISTEN", "ADMIN_PORT__METRICS_LISTEN")}
        listen["PASSERELLE_CONFIG_PORTS_FILE"] = str(WORK / "ports.json")
        listen["PASSERELLE_CONFIG_TIME_LIMITS__EXCHANGE"] = "72h"
        with local_nodes.LocalNode(PROGRAM, config, env=listen, ports_file=WORK / "ports.json") as node:
            self.assertEqual(local_nodes.health(node.ports()["admin"]), "SERVING")
            self.assertIn("passerelle_build_info", local_nodes.metric_names(node.metrics()))
            self.assertEqual(node.stop(), 0)


def main():
    if shutil.which("go") is None or not pathlib.Path("/usr/share/gocode/src/github.com/Masterminds/sprig").exists():
        print("SKIPPED: golang-go and golang-github-masterminds-sprig-dev are not installed; scripts/setup.sh installs them")
        return 77
    WORK.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(WORK / "federation", ignore_errors=True)
    go = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(WORK / "gocache")}
    subprocess.run(["go", "build", "-o", RENDER, SOURCE / "tests/helm/render/main.go"], check=True, env=go)
    result = unittest.main(argv=[sys.argv[0]], exit=False).result
    print("helm: %d values files, %d checks, %d failed, %d skipped; %s" % (
        len(ci_values()), result.testsRun, len(result.failures) + len(result.errors), len(result.skipped), APPROXIMATION))
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
