// Compares the RDF datasets of documents with those of what the library writes for them.
//   node round_trip.mjs <judge folder> <folder of rewrite_files>
// The judge makes N-Quads of both; they are compared after canonicalisation (RDFC-1.0). A document that the judge cannot
// process as JSON-LD has no dataset and is not compared. Where reading reported a repair, such as a misspelt term, what was
// written may say more than the source; never less. Exit 1 for any other difference.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { spawnSync } from 'node:child_process';

const [judge, folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(path.join(judge, 'package.json')));
const canonize = require('rdf-canonize');

// The shapes do not matter here, so the smallest profile is judged.
function quadsOf(file) {
  const out = path.join(folder, 'dataset.nq');
  fs.rmSync(out, { force: true });
  const run = spawnSync('node', ['validate-elm.mjs', '--json', '--assume-context', '--profile', 'pid', '--nquads', out, file],
    { cwd: judge, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (fs.existsSync(out)) return { quads: fs.readFileSync(out, 'utf8') };
  let reason = 'no dataset';
  try {
    reason = JSON.parse(run.stdout.split('\n')[0]).findings.find((f) => f.level === 'error').message;
  } catch { /* the run said nothing that can be read */ }
  return { reason };
}

async function canonical(quads) {
  const text = await canonize.canonize(quads, { algorithm: 'RDFC-1.0', inputFormat: 'application/n-quads', format: 'application/n-quads', maxWorkFactor: 3 });
  return new Set(text.split('\n').filter(Boolean));
}

const counts = { same: 0, repaired: 0, 'not processable': 0, refused: 0, differs: 0 };
for (const line of fs.readFileSync(path.join(folder, 'index.tsv'), 'utf8').split('\n').filter(Boolean)) {
  const [number, outcome, repairs, file] = line.split('\t');
  const name = file.split('/corpus/').pop().split('/tests/').pop();
  const say = (what, why) => { counts[what] += 1; console.log(`${name}: ${what}${why ? `: ${why}` : ''}`); };
  if (outcome !== 'credential' && outcome !== 'data') { say('refused', outcome); continue; }
  const source = quadsOf(path.resolve(file));
  if (!source.quads) { say('not processable', source.reason.slice(0, 100)); continue; }
  const written = quadsOf(path.resolve(folder, `${number}.jsonld`));
  if (!written.quads) { say('differs', `what was written is not processable: ${written.reason}`); continue; }
  const before = await canonical(source.quads);
  const after = await canonical(written.quads);
  const lost = [...before].filter((quad) => !after.has(quad));
  const gained = [...after].filter((quad) => !before.has(quad));
  if (lost.length === 0 && gained.length === 0) { say('same', `${before.size} quads`); continue; }
  const difference = `${lost.length} quads only in the source, ${gained.length} only in what was written`;
  if (repairs !== '-' && lost.length === 0) { say('repaired', `${repairs}; ${difference}`); continue; }
  say('differs', difference);
  for (const quad of [...lost.slice(0, 5).map((q) => `  - ${q}`), ...gained.slice(0, 5).map((q) => `  + ${q}`)]) console.log(quad.slice(0, 300));
}
console.log(Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(', '));
process.exit(counts.differs > 0 || counts.same === 0 ? 1 : 0);
