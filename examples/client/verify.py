#!/usr/bin/python3
"""Asks a node over gRPC whether a document is genuine.

    verify.py <node> <authority.crt.pem> <client.crt.pem> <client.key.pem> <document> [<issuing node>]

Debian packages: protobuf-compiler, protobuf-compiler-grpc, python3-grpcio, python3-protobuf.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import grpc

# The contract becomes Python here, at every start; a real client does so when it is built.
PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
generated = tempfile.TemporaryDirectory()
subprocess.run(["protoc", f"-I{PROTO}", f"--python_out={generated.name}", f"--grpc_out={generated.name}",
                f"--plugin=protoc-gen-grpc={shutil.which('grpc_python_plugin')}",
                *(str(path.relative_to(PROTO)) for path in PROTO.glob("passerelle/**/*.proto"))], check=True)
sys.path.insert(0, generated.name)
from passerelle.authenticity.v1 import authenticity_pb2 as verdicts  # noqa: E402
from passerelle.authenticity.v1 import authenticity_service_pb2 as messages  # noqa: E402
from passerelle.authenticity.v1 import authenticity_service_pb2_grpc as services  # noqa: E402

node, authority, certificate, key, document, *issuing_node = sys.argv[1:]
read = lambda path: pathlib.Path(path).read_bytes()
credentials = grpc.ssl_channel_credentials(read(authority), read(key), read(certificate))
with grpc.secure_channel(node, credentials) as channel:
    request = messages.VerifyDocumentRequest(content=read(document), issuing_node="".join(issuing_node))
    try:
        verdict = services.AuthenticityServiceStub(channel).VerifyDocument(request, timeout=20).verdict
    except grpc.RpcError as refused:
        sys.exit(f"{refused.code().name}: {refused.details()}")
for check in verdict.checks:
    print(f"{check.name:15} {verdicts.CheckOutcome.Name(check.outcome):22} {check.reason}")
print(verdicts.Verdict.Name(verdict.verdict))
