// Asks a node over HTTP whether a document is genuine, with code that is generated from the contracts.
//
//   node built/verify.js <node> <authority.crt.pem> <client.crt.pem> <client.key.pem> <document> [<issuing node>]
import { readFileSync } from "node:fs";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { CheckOutcomeSchema, VerdictSchema } from "./generated/passerelle/authenticity/v1/authenticity_pb.js";
import { AuthenticityService } from "./generated/passerelle/authenticity/v1/authenticity_service_pb.js";

const [node, authority, certificate, key, document, issuingNode = ""] = process.argv.slice(2);

const transport = createConnectTransport({
  baseUrl: `https://${node}`,
  httpVersion: "1.1",
  nodeOptions: { ca: readFileSync(authority), cert: readFileSync(certificate), key: readFileSync(key) },
});

try {
  const { verdict } = await createClient(AuthenticityService, transport).verifyDocument(
    { content: readFileSync(document), issuingNode }, { timeoutMs: 20000 });
  if (!verdict) throw new Error("the node gave no verdict");
  for (const check of verdict.checks) {
    const outcome = CheckOutcomeSchema.value[check.outcome]?.name ?? check.outcome;
    console.log(`${check.name.padEnd(15)} ${`${outcome}`.padEnd(22)} ${check.reason}`);
  }
  console.log(VerdictSchema.value[verdict.verdict]?.name ?? verdict.verdict);
} catch (error) {
  const refusal = ConnectError.from(error);
  console.log(`${Code[refusal.code]}: ${refusal.rawMessage}`);
  process.exitCode = 1;
}
