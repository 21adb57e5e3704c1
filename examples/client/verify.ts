// Asks a node over HTTP whether a document is genuine.
//
//   node verify.js <node> <authority.crt.pem> <client.crt.pem> <client.key.pem> <document> [<issuing node>]
//
// Needs Node.js 18 or newer and a TypeScript compiler, such as Debian's nodejs and node-typescript.
import { readFileSync } from "node:fs";
import { request } from "node:https";

// What docs/reference/openapi.json says of the members used here; a generator of clients writes all of it.
interface Check { name: string; outcome: string; reason?: string }
interface Answer { verdict: { verdict: string; checks: Check[] } }
interface Refusal { code: string; message: string }

const [node, authority, certificate, key, document, issuingNode = ""] = process.argv.slice(2);

const call = request(
  `https://${node}/passerelle.authenticity.v1.AuthenticityService/VerifyDocument`,
  {
    method: "POST",
    ca: readFileSync(authority), cert: readFileSync(certificate), key: readFileSync(key),
    headers: { "Content-Type": "application/json", "Connect-Timeout-Ms": "20000" },
  },
  (response) => {
    const parts: Buffer[] = [];
    response.on("data", (part: Buffer) => parts.push(part));
    response.on("end", () => {
      const text = Buffer.concat(parts).toString("utf8");
      if (response.statusCode !== 200) {
        const refusal = JSON.parse(text) as Refusal;
        console.log(`${refusal.code}: ${refusal.message}`);
        process.exit(1);
      }
      const { verdict } = JSON.parse(text) as Answer;
      for (const check of verdict.checks) {
        console.log(`${check.name.padEnd(15)} ${check.outcome.padEnd(22)} ${check.reason ?? ""}`);
      }
      console.log(verdict.verdict);
    });
  });
call.on("error", (error: Error) => { console.error(error.message); process.exit(1); });
call.end(JSON.stringify({ content: readFileSync(document).toString("base64"), issuingNode }));
