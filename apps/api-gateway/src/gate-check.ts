import '@gatehouse/node-version';
import { type GateEdge, explainRequest } from './gate/policy/explain-request';
import { PolicyFile } from './gate/policy/policy-file';
import { policyJsonSchema } from './gate/policy/policy-json-schema';
import { explanationReport, policyReport } from './gate/policy/policy-report';

const USAGE = `usage: npm run --silent gate:check -- <file> [<METHOD> <url>]
       npm run --silent gate:check -- --schema

Checks a policy file of the gate, and prints what it opens, to whom. Exits with 1 and every fault if it is invalid.
With a method and a URL, prints what becomes of that request, by which route, and why each earlier one does not match.
With --schema, prints the JSON Schema of a policy file, for editors.
`;

const METHOD = /^[A-Z][A-Z-]{0,31}$/;

process.exitCode = main(process.argv.slice(2));

/** Returns the exit code. */
function main([path, method, url, ...rest]: readonly string[]): number {
  if (path === '--schema' && method === undefined) {
    process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
    return 0;
  }
  if (path === undefined || path.startsWith('-') || rest.length > 0 || (method === undefined) !== (url === undefined)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const file = PolicyFile.read(path);
  if (!('problems' in file)) return report(file, method, url);
  process.stderr.write(
    file.problems.map((problem) => `${problem.replace(/^names a policy in which /, '')}\n`).join(''),
  );
  return 1;
}

function report({ policy: { current: policy }, loaded }: PolicyFile, method?: string, url?: string): number {
  if (method === undefined || url === undefined) {
    process.stdout.write(`${policyReport(policy)}SHA-256: ${loaded?.sha256}\n`);
    return 0;
  }
  // Not by the class URL, which resolves dot segments.
  const [, host, path] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  if (host === undefined || !METHOD.test(method)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const request = { method, host, path: path || '/' };
  const at = (edge: GateEdge) => explainRequest(policy, edge, request);
  process.stdout.write(
    explanationReport([
      ['At the gateway', at('gateway')],
      ['By forward auth', at('forward-auth')],
    ]),
  );
  return 0;
}
