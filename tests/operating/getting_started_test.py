#!/usr/bin/python3
"""docs/getting-started.md does what it shows: its sh blocks run as one script, and after each the lines of the text block
that follows it appear in its output, in their order ("..." stands for anything).

A block after "<!-- needs npm -->" is left out, and said so, where the registry of npm cannot be reached.

getting_started_test.py <passerelle> <source folder> <work folder>
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

PROGRAM, SOURCE, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
SECONDS = 200
BLOCK = re.compile(r"^(<!-- needs npm -->\n)?```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "== block %d =="
NEEDED = ("esbuild", "node", "protoc", "grpc_python_plugin")


def npm_can_be_used():
    return shutil.which("npm") is not None and subprocess.run(
        ["timeout", "20", "npm", "ping", "--silent"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def blocks():
    """[commands, lines expected of them] in the order of the page."""
    found = []
    with_npm = npm_can_be_used()
    for needs_npm, kind, text in BLOCK.findall((SOURCE / "docs/getting-started.md").read_text()):
        if kind == "sh" and needs_npm and not with_npm:
            print("SKIPPED: a block that needs npm, which is not installed or cannot reach its registry")
            found.append(["true", None])
        elif kind == "sh":
            found.append([text, []])
        elif found[-1][1] is not None:
            found[-1][1].extend(text.splitlines())
    return [[commands, lines or []] for commands, lines in found]


class GettingStarted(unittest.TestCase):
    def test_every_block_does_what_the_page_shows(self):
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        for folder in ("examples", "gateway", "proto"):
            (WORK / folder).symlink_to(SOURCE / folder)
        page = blocks()
        script = ["set -e", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
        for number, (commands, _) in enumerate(page):
            script += ["echo '" + MARK % number + "'", commands]
        run = subprocess.run(["timeout", str(SECONDS), "bash", "-c", "\n".join(script)], cwd=WORK, capture_output=True, text=True,
                             stdin=subprocess.DEVNULL, env={**os.environ, "PATH": "%s:%s" % (PROGRAM.parent, os.environ["PATH"])})
        output = run.stdout + run.stderr
        self.assertEqual(run.returncode, 0, output)
        self.assertGreaterEqual(sum(len(lines) for _, lines in page), 7)
        for number, (_, lines) in enumerate(page):
            begin = run.stdout.index(MARK % number)
            end = run.stdout.find(MARK % (number + 1))
            shown = iter(run.stdout[begin:end if end >= 0 else None].splitlines())
            for line in lines:
                pattern = re.compile(".*".join(re.escape(part) for part in line.split("...")))
                self.assertTrue(any(pattern.fullmatch(text) for text in shown), "block %d lacks: %s\n%s" % (number, line, output))


if __name__ == "__main__":
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        print("SKIPPED: not installed: " + ", ".join(missing))
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
