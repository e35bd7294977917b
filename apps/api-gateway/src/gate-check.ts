import '@gatehouse/node-version';
import { normalizeHost } from './gate/path/normal-host';
import { normalizePath, pathFaults } from './gate/path/normal-path';
import { explainRoute } from './gate/policy/explain-route';
import { type Policy } from './gate/policy/policy';
import { PolicyFile } from './gate/policy/policy-file';
import { policyJsonSchema } from './gate/policy/policy-json-schema';
import { explanationReport, policyReport } from './gate/policy/policy-report';

const USAGE = `usage: npm run --silent gate:check -- <file> [<method> <url>]
       npm run --silent gate:check -- --schema

Checks a policy file of the gate, and prints what it opens, to whom. Exits with 1 and every fault if it is invalid.
With a method and a URL, prints which route decides on that request, and why each earlier one does not.
With --schema, prints the JSON Schema of a policy file, for editors.
`;

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
  if (!('problems' in file)) return report(file.policy.current, method, url);
  process.stderr.write(
    file.problems.map((problem) => `${problem.replace(/^names a policy in which /, '')}\n`).join(''),
  );
  return 1;
}

function report(policy: Policy, method?: string, url?: string): number {
  if (method === undefined || url === undefined) {
    process.stdout.write(policyReport(policy));
    return 0;
  }
  // Not by the class URL, which resolves dot segments.
  const [, authority = '', target = '/'] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  const host = normalizeHost(authority);
  if (host === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const path = normalizePath(target || '/');
  if ('fault' in path) {
    process.stdout.write(`The request is rejected: the path ${pathFaults[path.fault]}.\n`);
    return 0;
  }
  const request = { method: method.toUpperCase(), host, segments: path.segments };
  process.stdout.write(explanationReport(explainRoute(policy, request)));
  return 0;
}
