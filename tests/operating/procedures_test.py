#!/usr/bin/python3
"""What docs/operating says beyond its console blocks (those are run by tests/docs): sizes, rotation, backup of a running
node.

procedures_test.py <passerelle> <source folder> <work folder>
"""
import os
import pathlib
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import time
import unittest

PROGRAM, SOURCE, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
sys.path.insert(0, str(SOURCE / "tests/operating"))
import local_nodes  # noqa: E402

# Generous, for machines that do other things too; docs/operating/size.md names what an idle one reaches.
READY_SECONDS = 10
BIG_BYTES = 200_000


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)


def transcript(padding):
    """The transcript of the demonstration with so many bytes more."""
    text = (SOURCE / "gateway/cli/demo_data/transcript.xml").read_text()
    end = text.rindex("</")
    return text[:end] + ("<!-- %s -->\n" % ("a" * padding) if padding else "") + text[end:]


def stored(federation, node, table):
    """Bytes that a table of a node's store holds."""
    with sqlite3.connect(federation / node / "store.sqlite") as store:
        return store.execute("SELECT coalesce(sum(length(value)), 0) FROM " + table).fetchone()[0]


class Size(unittest.TestCase):
    def formula(self, row, column):
        """(kB, times D) of a cell of docs/operating/size.md."""
        for line in (SOURCE / "docs/operating/size.md").read_text().splitlines():
            if line.startswith("| " + row):
                cell = line.split("|")[column]
                match = re.search(r"(\d+) kB \+ (?:([\d.]+) × )?\*D\*", cell)
                return float(match.group(1)) * 1000, float(match.group(2) or 1)
        self.fail("no row " + row)

    def test_the_store_grows_by_the_formula(self):
        measured = []
        for padding in (0, BIG_BYTES):
            document = WORK / ("transcript-%d.xml" % padding)
            document.write_text(transcript(padding))
            folder = WORK / ("sized-%d" % padding)
            subprocess.run([PROGRAM, "demo", "--file", document, "--keep", folder], check=True, stdout=subprocess.DEVNULL)
            bytes_of = lambda node, *tables: sum(stored(folder, node, table) for table in tables)
            measured.append((document.stat().st_size, {
                ("an exchange", 2): bytes_of("NL", "exchange", "outbox") - bytes_of("NL", "recognition_case"),
                ("an exchange", 3): bytes_of("NO", "inbox"),
                ("a recognition case", 3): bytes_of("BG", "recognition_case")}))
        (small, first), (big, second) = measured
        for (row, column), bytes_small in first.items():
            constant, factor = self.formula(row, column)
            slope = (second[row, column] - bytes_small) / (big - small)
            print("%s, column %d: %.0f bytes with %d, %.2f bytes a byte" % (row, column, bytes_small, small, slope))
            # The demonstration makes one exchange, and a second one that is declined.
            self.assertLessEqual(slope, factor * 1.05)
            self.assertGreaterEqual(slope, factor * 0.5, "the page promises too much")
            self.assertLessEqual(bytes_small, 2 * constant + factor * small)

    def test_a_node_at_rest_is_small_and_soon_ready(self):
        federation = local_nodes.make_federation(PROGRAM, WORK / "resting")
        begin = time.monotonic()
        with local_nodes.LocalNode(PROGRAM, federation / "NO/node.yaml") as node:
            ready = time.monotonic() - begin
            memory = float(re.search(r"(?m)^process_resident_memory_bytes (\S+)", node.metrics()).group(1))
        print("at rest: %.1f MB, ready after %.2f s" % (memory / 1e6, ready))
        if os.environ.get("PASSERELLE_SANITIZE"):
            self.skipTest("the sanitizers take memory and time of their own")
        self.assertLess(memory, 64e6)
        self.assertLess(ready, READY_SECONDS)


class Rotate(unittest.TestCase):
    def test_a_new_certificate_for_clients_is_taken_over(self):
        federation = local_nodes.make_federation(PROGRAM, WORK / "rotated")
        folder = federation / "NO"
        # Ports with certificates of their own, so that the other nodes' expectation is not touched.
        for name in ("crt", "key"):
            shutil.copy(folder / ("tls.%s.pem" % name), folder / ("client-tls.%s.pem" % name))
        flags = ["--set", "client_port.tls.certificate=client-tls.crt.pem",
                 "--set", "client_port.tls.private_key=client-tls.key.pem"]
        key, request, certificate = WORK / "new.key", WORK / "new.csr", WORK / "new.crt"
        quiet = {"check": True, "stderr": subprocess.DEVNULL}
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key], **quiet)
        subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/CN=rotated", "-addext",
                        "subjectAltName=DNS:localhost", "-out", request], **quiet)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", federation / "authority.crt.pem", "-CAkey",
                        federation / "authority.key.pem", "-days", "5", "-copy_extensions", "copy", "-out", certificate], **quiet)
        with local_nodes.LocalNode(PROGRAM, folder / "node.yaml", *flags) as node:
            host, port = node.ports()["client"].split(":")
            served = lambda: ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, int(port))))
            before = served()
            self.assertEqual(before, ssl.PEM_cert_to_DER_cert((folder / "tls.crt.pem").read_text()))
            key.chmod(0o600)
            key.rename(folder / "client-tls.key.pem")
            shutil.copy(certificate, folder / "client-tls.crt.pem.new")
            (folder / "client-tls.crt.pem.new").rename(folder / "client-tls.crt.pem")
            end = time.monotonic() + 20
            while served() == before and time.monotonic() < end:
                time.sleep(0.2)
            self.assertEqual(served(), ssl.PEM_cert_to_DER_cert(certificate.read_text()))
            self.assertIsNone(node.process.poll(), "the node went on")


class BackUp(unittest.TestCase):
    def test_a_running_node_is_backed_up_and_not_restored_over(self):
        federation = local_nodes.make_federation(PROGRAM, WORK / "kept")
        config, backup = str(federation / "NL/node.yaml"), str(WORK / "nl.sqlite")
        with local_nodes.LocalNode(PROGRAM, config):
            done = run("store", "backup", "--config", config, "--to", backup)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("exchange  2\n", done.stdout)
            done = run("store", "restore", "--config", config, "--from", backup)
            self.assertEqual(done.returncode, 1)
            self.assertIn("STORE_IN_USE", done.stderr)
            self.assertIn("stop it first", done.stderr)
            self.assertEqual(run("store", "check", "--config", config).returncode, 0)
        done = run("store", "restore", "--config", config, "--from", backup)
        self.assertEqual(done.returncode, 0, done.stderr)
        with local_nodes.LocalNode(PROGRAM, config) as node:
            self.assertEqual(local_nodes.health(node.ports()["admin"]), "SERVING")

    def test_usage_is_told(self):
        for arguments in (["store"], ["store", "backup", "--config", "x"], ["store", "restore", "--config", "x"],
                          ["store", "check"], ["store", "vacuum", "--config", "x"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 64, arguments)
            self.assertIn("write: passerelle store", done.stderr)


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    result = unittest.main(argv=[sys.argv[0]], exit=False).result
    print("procedures: %d checks, %d failed" % (result.testsRun, len(result.failures) + len(result.errors)))
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
