#!/usr/bin/env python3
"""A register of a national system as Passerelle asks it: RegisterService over a folder with register.csv.

register.csv has the columns credential_id, holder_reference, issue_time, revoke_time, media_type and file; times are
RFC 3339, revoke_time may be empty, files lie in the folder. Replace Register by what asks your own system.

    register_service.py --folder DIR --listen 127.0.0.1:0 [--certificate C --key K --client-authorities A]

Without certificates it listens on loopback only. The first line it prints is the address that it listens on.
Debian packages: protobuf-compiler, protobuf-compiler-grpc, python3-grpcio, python3-protobuf.
"""
import argparse
import concurrent.futures
import csv
import datetime
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

import grpc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
CONTRACT = sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("passerelle/**/*.proto"))

# The contract is compiled at every start; a real register does so when it is built.
generated = tempfile.TemporaryDirectory()
subprocess.run(["protoc", f"-I{PROTO}", f"--python_out={generated.name}", f"--grpc_out={generated.name}",
                f"--plugin=protoc-gen-grpc={shutil.which('grpc_python_plugin')}", *CONTRACT], check=True)
sys.path.insert(0, generated.name)
from passerelle.authenticity.v1 import authenticity_pb2 as answers  # noqa: E402
from passerelle.registers.v1 import register_service_pb2 as messages  # noqa: E402
from passerelle.registers.v1 import register_service_pb2_grpc as services  # noqa: E402

PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 200


class Register:
    """The entries, by id, in the order of the file."""

    def __init__(self, folder):
        self.entries = {}
        self.by_digest = {}
        with open(folder / "register.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                content = (folder / row["file"]).read_bytes()
                entry = messages.RegisterEntry(credential_id=row["credential_id"], holder_reference=row["holder_reference"])
                entry.issue_time.FromJsonString(row["issue_time"])
                if row["revoke_time"]:
                    entry.revoke_time.FromJsonString(row["revoke_time"])
                entry.document.content = content
                entry.document.media_type = row["media_type"]
                entry.document.sha256 = hashlib.sha256(content).hexdigest()
                self.entries[entry.credential_id] = entry
                self.by_digest[entry.document.sha256] = entry


class RegisterService(services.RegisterServiceServicer):
    def __init__(self, register):
        self.register = register

    def LookUpCredential(self, request, context):
        entry = self.register.entries.get(request.credential_id)
        if entry is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "there is no such credential")
        return messages.LookUpCredentialResponse(entry=entry)

    def ConfirmDigest(self, request, context):
        now = datetime.datetime.now(datetime.timezone.utc)
        answer = answers.AuthenticityAnswer(sha256=request.sha256, finding=answers.REGISTER_FINDING_NOT_ISSUED)
        answer.register_time.FromDatetime(now)
        entry = self.register.by_digest.get(request.sha256)
        # What will be issued later has not been issued yet.
        if entry is not None and entry.issue_time.ToDatetime(tzinfo=datetime.timezone.utc) <= now:
            answer.issue_time.CopyFrom(entry.issue_time)
            revoked = entry.HasField("revoke_time") and entry.revoke_time.ToDatetime(tzinfo=datetime.timezone.utc) <= now
            answer.finding = answers.REGISTER_FINDING_REVOKED if revoked else answers.REGISTER_FINDING_IN_FORCE
            if revoked:
                answer.revoke_time.CopyFrom(entry.revoke_time)
        return messages.ConfirmDigestResponse(answer=answer)

    def ListHolderCredentials(self, request, context):
        ids = [i for i, e in self.register.entries.items() if e.holder_reference == request.holder_reference]
        begin = ids.index(request.page_token) + 1 if request.page_token in ids else 0
        size = min(request.page_size or PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)
        page = ids[begin:begin + size]
        response = messages.ListHolderCredentialsResponse()
        for credential_id in page:
            entry = response.entries.add()
            entry.CopyFrom(self.register.entries[credential_id])
            entry.ClearField("document")
        if begin + size < len(ids):
            response.next_page_token = page[-1]
        return response


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--certificate", type=pathlib.Path)
    parser.add_argument("--key", type=pathlib.Path)
    parser.add_argument("--client-authorities", type=pathlib.Path)
    options = parser.parse_args()

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8))
    services.add_RegisterServiceServicer_to_server(RegisterService(Register(options.folder)), server)
    host = options.listen.rsplit(":", 1)[0]
    if options.certificate:
        credentials = grpc.ssl_server_credentials(
            [(options.key.read_bytes(), options.certificate.read_bytes())],
            root_certificates=options.client_authorities.read_bytes(), require_client_auth=True)
        port = server.add_secure_port(options.listen, credentials)
    elif host in ("127.0.0.1", "[::1]", "localhost"):
        port = server.add_insecure_port(options.listen)
    else:
        parser.error("without certificates, only loopback is listened on")
    server.start()
    print(f"{host}:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
