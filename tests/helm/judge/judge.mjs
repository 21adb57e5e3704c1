// judge.mjs FILE...: judges every object of rendered manifests by the models of the Kubernetes API, twice. The models'
// validators look at values (a port that is no number); they take unknown keys. TypeScript refuses those, as every
// object is written down as a literal of the model's type. Prints what is wrong; exits with 1 when anything is.
//
// Runs in the folder that has the packages of package.json.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const require = createRequire(process.cwd() + "/judge.cjs");

// The package that has the model of an apiVersion, and the path within.
function modelPath(apiVersion) {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  if (group === "cert-manager.io") return `@kubernetes-models/cert-manager/${apiVersion}`;
  if (group === "monitoring.coreos.com") return `@kubernetes-models/prometheus-operator/${apiVersion}`;
  return `kubernetes-models/${apiVersion}`;
}

const findings = [];
const lines = [];
const places = [];
let objects = 0;
for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
    for (const error of document.errors) findings.push(`${basename(file)}: ${error.message}`);
    const object = document.toJS();
    if (object === null) continue;
    ++objects;
    const place = `${basename(file)}: ${object.kind} ${object.metadata?.name}`;
    const path = modelPath(object.apiVersion ?? "");
    let model;
    try {
      model = require(path)[object.kind];
    } catch {
      model = undefined;
    }
    if (model === undefined) {
      findings.push(`${place}: no model of ${object.apiVersion} ${object.kind}`);
      continue;
    }
    try {
      new model(object).validate();
    } catch (error) {
      findings.push(`${place}: ${error.message}`);
    }
    places[lines.length] = place;
    lines.push(`{ const object: import("${path}").I${object.kind} = ${JSON.stringify(object)}; void object; }`);
  }
}

writeFileSync("objects.ts", lines.join("\n") + "\n");
const program = ts.createProgram(["objects.ts"], {
  noEmit: true, strict: true, skipLibCheck: true, module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10, types: [],
});
for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
  const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start).line;
  findings.push(`${places[line] ?? diagnostic.file?.fileName ?? ""}: ${text}`);
}
for (const finding of findings) console.log(finding);
console.log(`${objects} objects, ${findings.length} findings`);
process.exit(findings.length === 0 && objects > 0 ? 0 : 1);
