import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@gatehouse/contracts';
import { workspaceRoot } from '@gatehouse/local-stack';
import { faultsOf, loadProgramConfigs, type ProgramConfigs } from '../../src/start/parse-environments';
import { environmentOf, readEnvFile, type EnvLine } from './env-file';
import { sampleSecrets } from './sample-secrets';

let secrets: string;
let configs: ProgramConfigs;

beforeAll(async () => {
  secrets = sampleSecrets();
  configs = await loadProgramConfigs();
});

afterAll(() => rmSync(secrets, { recursive: true }));

/** The environment of some lines, with the generated secrets in place of those below /etc/gatehouse. */
function environment(lines: readonly EnvLine[]): Record<string, string> {
  const moved = lines.map((line) => ({ ...line, value: line.value.replace(/^\/etc\/gatehouse(?=\/)/, secrets) }));
  return environmentOf(moved);
}

describe.each(serviceNames)('apps/%s/.env.example', (service) => {
  const lines = readEnvFile(join(workspaceRoot(), 'apps', service, '.env.example'));
  const set = lines.filter((line) => line.set);

  it('lists every variable that the service reads, once, and no other', () => {
    expect(lines.map(({ name }) => name).sort()).toEqual([...configs[service].variableNames].sort());
  });

  it('explains each variable in one line', () => {
    for (const { name, comment } of lines) expect([name, comment]).toEqual([name, expect.stringMatching(/^\S.*\.$/)]);
  });

  it('is accepted by the service as it is, and with every default spelled out', () => {
    const { loadConfig } = configs[service];
    // The two forms of a secret exclude each other; a default stands in one of them.
    const usable = lines.filter((line) => line.set || line.value !== '');
    expect(JSON.stringify(loadConfig(environment(usable)))).toBe(JSON.stringify(loadConfig(environment(set))));
  });

  it('sets exactly the variables that it calls required, and the service needs them', () => {
    const required = lines.filter(({ comment }) => comment.startsWith('Required.'));
    expect([...new Set(required.map(({ name }) => name.replace(/_FILE$/, '')))].sort()).toEqual(
      set.map(({ name }) => name.replace(/_FILE$/, '')).sort(),
    );
    // Without a NATS user, a service is rejected by nats-server, not by the parser.
    for (const { name } of set.filter((line) => !line.name.startsWith('NATS_') || line.name === 'NATS_URL')) {
      const rest = environment(set.filter((line) => line.name !== name));
      expect([name, faultsOf(() => configs[service].loadConfig(rest))]).toEqual([
        name,
        [{ variable: name.replace(/_FILE$/, ''), problem: 'is required' }],
      ]);
    }
  });
});
