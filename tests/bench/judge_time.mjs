// Prints the seconds of CPU time of the judge for one document: the median of five rounds, after one to warm up.
//   node judge_time.mjs <judge> <document>
import { pathToFileURL } from 'node:url';

const [judgeFile, document] = process.argv.slice(2);
const { judge } = await import(pathToFileURL(judgeFile));

async function round() {
  const start = process.cpuUsage();
  const end = performance.now() + 400;
  let count = 0;
  while (performance.now() < end) {
    const verdict = await judge('di', document, { at: '2025-06-15T00:00:00Z' });
    if (verdict.crypto !== 'valid') throw new Error(verdict.why);
    ++count;
  }
  const used = process.cpuUsage(start);
  return (used.user + used.system) / 1e6 / count;
}

await round();
const rounds = [];
for (let i = 0; i < 5; ++i) rounds.push(await round());
console.log(rounds.sort((a, b) => a - b)[2]);
