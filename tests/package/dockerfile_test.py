#!/usr/bin/python3
"""The Dockerfile: a small lint, since hadolint is not in Debian, and its image built without Docker.

dockerfile_test.py <passerelle> <source folder> <work folder>

Docker needs a daemon and a registry. Instead, the command that lays out the image is taken from the Dockerfile and run
here, with the program as built, and the program runs in what came out, as the image's user. An approximation: the build
stage is this machine, not debian:12.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import yaml

PROGRAM, SOURCE, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
DOCKERFILE = SOURCE / "packaging/Dockerfile"


def instructions(text):
    """(stage, instruction, arguments) in order; lines that go on are joined, comments left out."""
    lines, stage = [], -1
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
    for line in joined.splitlines():
        if not line.strip():
            continue
        name, _, arguments = line.strip().partition(" ")
        if name.upper() == "FROM":
            stage += 1
        lines.append((stage, name, arguments.strip()))
    return lines


def lint(text):
    """What is wrong, one text a finding."""
    found, all_lines = [], instructions(text)
    stages = [arguments for _, name, arguments in all_lines if name == "FROM"]
    names = {match.group(1): number for number, match in enumerate(re.search(r" AS (\S+)", s) for s in stages) if match}
    last = len(stages) - 1
    of_last = [(name, arguments) for stage, name, arguments in all_lines if stage == last]
    for stage, name, arguments in all_lines:
        if name != name.upper():
            found.append("%s is not in capitals" % name)
        if name == "FROM" and arguments.split()[0] not in ("scratch", *names):
            if ":" not in arguments.split()[0] or ":latest" in arguments:
                found.append("%s has no version" % arguments)
        if name == "ADD":
            found.append("ADD; COPY says what it does")
        if name == "WORKDIR" and not arguments.startswith("/"):
            found.append("WORKDIR %s is relative" % arguments)
        if name in ("ENTRYPOINT", "CMD") and not arguments.startswith("["):
            found.append("%s runs through a shell" % name)
        if name == "RUN" and " | " in arguments and not any(
                n == "SHELL" and "pipefail" in a for s, n, a in all_lines if s == stage):
            found.append("a pipe whose failure nobody sees")
        if name == "RUN" and re.search(r"\b(sudo|curl|wget)\b", arguments):
            found.append("RUN %s" % arguments.split()[0])
        if name == "COPY" and "--from=" in arguments and re.search(r"--from=(\S+)", arguments).group(1) not in names:
            found.append("COPY from a stage that is not there")
        if name in ("ENV", "ARG") and re.search(r"(?i)password|secret|token", arguments):
            found.append("%s holds a secret" % name)
    users = [arguments for name, arguments in of_last if name == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", users[-1]):
        found.append("the image does not end with a number of a user that is not root")
    if last < 1:
        found.append("one stage: the compiler is shipped too")
    for wanted in ("ENTRYPOINT", "HEALTHCHECK"):
        if wanted not in [name for name, _ in of_last]:
            found.append("no " + wanted)
    return found


class Lint(unittest.TestCase):
    def test_finds_nothing(self):
        self.assertEqual(lint(DOCKERFILE.read_text()), [])
        if shutil.which("hadolint"):
            subprocess.run(["hadolint", DOCKERFILE], check=True)

    def test_finds_what_is_planted(self):
        text = DOCKERFILE.read_text()
        for what, good, bad in (
                ("version", "FROM debian:12.8-slim", "FROM debian"), ("version", "debian:12.8-slim", "debian:latest"),
                ("root", "USER 65532:65532\n", ""), ("root", "USER 65532:65532", "USER 0"), ("ADD", "COPY . .", "ADD . ."),
                ("shell", 'ENTRYPOINT ["/usr/bin/passerelle"]', "ENTRYPOINT passerelle"),
                ("pipe", 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n', ""), ("stage", "--from=build", "--from=other"),
                ("relative", "WORKDIR /src", "WORKDIR src"), ("secret", "VOLUME", "ENV DB_PASSWORD=x\nVOLUME")):
            self.assertIn(good, text)
            self.assertTrue(any(what in finding for finding in lint(text.replace(good, bad))), (what, bad))

    def test_says_the_same_as_the_chart(self):
        last = {name: arguments for _, name, arguments in instructions(DOCKERFILE.read_text())}
        chart = (SOURCE / "helm/passerelle/templates/_helpers.tpl").read_text()
        user = re.search(r"runAsUser: (\d+)", chart).group(1)
        self.assertEqual(last["USER"], "%s:%s" % (user, user))
        self.assertIn(yaml.safe_load(last["CMD"])[-1], chart)
        for port in last["EXPOSE"].split():
            self.assertIn("containerPort: %s," % port, chart)

    def test_the_context_leaves_out_what_was_built(self):
        ignored = (SOURCE / ".dockerignore").read_text().split()
        self.assertLessEqual({".git", "build"}, set(ignored))


NAMESPACES = ("unshare", "--mount", "--net", "--pid", "--fork")


@unittest.skipUnless(os.geteuid() == 0, "only root can lay out the image and change into it")
class Image(unittest.TestCase):
    def test_the_program_runs_in_the_image_as_its_user(self):
        # Not in a container without rights, nor where the root is no mount, as after chroot.
        probe = subprocess.run([*NAMESPACES, "true"], capture_output=True, text=True)
        if probe.returncode != 0:
            self.skipTest("this machine allows no mount namespaces: " + probe.stderr.strip())
        commands = [a for _, name, a in instructions(DOCKERFILE.read_text()) if name == "RUN" and "/image" in a]
        self.assertEqual(len(commands), 1)
        image = WORK / "image"
        shutil.rmtree(image, ignore_errors=True)
        command = commands[0].replace("/image", str(image)).replace("build/release/passerelle", PROGRAM)
        subprocess.run(["bash", "-o", "pipefail", "-ec", command], check=True)
        files = sum(len(names) for _, _, names in os.walk(image))
        size = sum(p.stat().st_size for p in image.rglob("*") if p.is_file() and not p.is_symlink())
        for shell in ("bin/sh", "usr/bin/sh", "usr/bin/bash", "usr/bin/dpkg", "usr/bin/apt"):
            self.assertFalse((image / shell).exists(), shell)

        def within(*arguments):
            # A network of its own; everything but /tmp is read only.
            script = ('set -e; mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; mkdir -p "$0/proc" 2>/dev/null || true; '
                      'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; mount -t tmpfs -o mode=1777 tmpfs "$0/tmp"; '
                      'ip link set lo up 2>/dev/null || true; '
                      'exec chroot --userspec=65532:65532 "$0" /usr/bin/passerelle "$@"')
            return subprocess.run([*NAMESPACES, "sh", "-c", script, image, *arguments],
                                  capture_output=True, text=True, timeout=120)

        for folder in ("proc", "dev"):
            (image / folder).mkdir()
        done = within("version")
        if done.returncode != 0 and "Operation not permitted" in done.stderr:
            self.skipTest("this machine allows no mounts in a namespace")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"passerelle \d")
        # Three nodes with TLS, stores and sockets: whatever is missing in the image shows.
        done = within("demo")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print("image: %d files, %.0f MB; the demonstration runs in it" % (files, size / 1e6))


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    result = unittest.main(argv=[sys.argv[0]], exit=False).result
    print("dockerfile: %d checks, %d failed, %d skipped; built without Docker, an approximation" % (
        result.testsRun, len(result.failures) + len(result.errors), len(result.skipped)))
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
