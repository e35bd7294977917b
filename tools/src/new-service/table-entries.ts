import { serviceNames as existing, serviceRow } from '@gatehouse/contracts';
import { PlaceNotFoundError } from './errors';
import { type ServiceNames } from './service-names';

/** Operations port of the next service: the one after the last. */
export function nextOpsPort(): number {
  return Math.max(...existing.map((name) => serviceRow(name).opsPort)) + 1;
}

/** One or more lines that are put into a file of the workspace, before the first line that begins with `before`. */
export interface TableEntry {
  readonly file: string;
  readonly line: string;
  readonly before: string;
}

/**
 * The entries of a new service: its row in the table of services, its section of the metrics, and the gateway's right to send it the generated
 * example request (`show…Greeting`).
 */
export function tableEntries({ kebab, camel, pascal }: ServiceNames): TableEntry[] {
  const opsPort = nextOpsPort();
  const contract = `show${pascal}Greeting`;
  return [
    {
      file: 'libs/contracts/src/services.ts',
      line: `  '${kebab}': { shortName: '${camel}', opsPort: ${opsPort} },`,
      before: '} as const satisfies',
    },
    {
      file: 'libs/contracts/src/bus-rights.ts',
      line: `import { ${contract} } from './${kebab}';`,
      before: 'import {',
    },
    { file: 'libs/contracts/src/bus-rights.ts', line: `  ${contract},`, before: '] as const;' },
    {
      file: 'docs/reference/metrics.md',
      line: metricsSection(kebab, camel),
      before: '## stream-keeper',
    },
    { file: 'libs/contracts/src/index.ts', line: `export { ${contract} } from './${kebab}';`, before: 'export {' },
  ];
}

/** A section of the reference of metrics with those that every service has. */
function metricsSection(kebab: string, camel: string): string {
  const name = camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return [
    `## ${kebab}`,
    '',
    '| metric | labels | meaning |',
    '| --- | --- | --- |',
    `| \`gatehouse_${name}_ready\` | check | 1 while a [readiness check](configuration.md#readiness-probes) passes, else 0 |`,
    `| \`gatehouse_${name}_secret_reloads_total\` | variable, result | new contents of [secret files](configuration.md#secrets-in-files): changed, rejected |`,
    `| \`gatehouse_${name}_secret_rejected\` | variable | 1 while the content of a secret file is rejected and the previous value is in use |`,
    '',
  ].join('\n');
}

/**
 * Returns `text`, the content of a file, with `line` inserted before the first line that begins with `before`.
 * @throws PlaceNotFoundError
 */
export function withEntry(text: string, { file, line, before }: TableEntry): string {
  const lines = text.split('\n');
  const place = lines.findIndex((found) => found.startsWith(before));
  if (place < 0) throw new PlaceNotFoundError(file, before);
  return lines.toSpliced(place, 0, line).join('\n');
}
