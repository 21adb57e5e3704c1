#!/usr/bin/python3
"""Keeps what a release leaves behind, for the tests of later ones: make_release.py <passerelle> <new folder>

Runs the story of `passerelle demo`, whose people are invented, and writes for the nodes NL and BG what a node finds when
it starts: the store as SQL, the secret of its evidence, its last checkpoint; and the node map.
"""
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile


def sql_of(store):
    with sqlite3.connect(store) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        return "\n".join([*connection.iterdump(), "PRAGMA user_version = %d;" % version]) + "\n"


def main():
    program, release = sys.argv[1], pathlib.Path(sys.argv[2])
    release.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as work:
        federation = pathlib.Path(work) / "federation"
        subprocess.run([program, "demo", "--keep", federation], check=True, stdout=subprocess.DEVNULL)
        shutil.copy(federation / "node-map.json", release)
        for node in ("NL", "BG"):
            store = federation / node / "store.sqlite"
            (release / (node + ".sql")).write_text(sql_of(store))
            for kind in ("evidence-secret", "checkpoint"):
                shutil.copy("%s.%s" % (store, kind), release / ("%s.%s" % (node, kind)))


if __name__ == "__main__":
    main()
