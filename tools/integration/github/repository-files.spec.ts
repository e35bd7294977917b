import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from './parse-yaml';
import { root, runFaults } from './check-run';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string>;
}

interface Workflow {
  name: string;
  permissions: unknown;
  concurrency: { group: string };
  jobs: Record<string, { 'timeout-minutes': string; env?: Record<string, string>; steps: Step[] }>;
}

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const filesIn = (folder: string) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
const parsed = async (path: string) => (await parseYaml(textOf(path))) as unknown;

describe.each(filesIn('.github/workflows'))('the workflow %s', (path) => {
  let workflow: Workflow;
  let steps: Step[];
  beforeAll(async () => {
    workflow = (await parsed(path)) as Workflow;
    steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  });

  it('runs only npm scripts and files that this checkout has', () => {
    const runs = steps.flatMap(({ run }) => run ?? []);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.flatMap(runFaults)).toEqual([]);
  });

  it('reads the repository and may change nothing', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(workflow.jobs)) expect(job).not.toHaveProperty('permissions');
  });

  it('limits the time of each job and the number of runs of one branch', () => {
    expect(workflow.concurrency.group).toContain('${{ github.ref }}');
    for (const job of Object.values(workflow.jobs)) {
      expect(Number(job['timeout-minutes'])).toBeGreaterThan(0);
      expect(Number(job['timeout-minutes'])).toBeLessThanOrEqual(60);
    }
  });

  it('pins each action to a commit and names its version', () => {
    const uses = textOf(path).match(/\buses:.*$/gm) ?? [];
    expect(uses).toHaveLength(steps.filter((step) => step.uses).length);
    for (const line of uses) expect(line).toMatch(/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('leaves no credentials of GitHub in the checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': 'false' });
  });

  it('sets only variables that the test kit reads', () => {
    const kit = ['test-environment.ts', 'containers/nats-container.ts', 'containers/postgres-container.ts']
      .map((file) => textOf(`libs/testing/src/${file}`))
      .join('');
    for (const job of Object.values(workflow.jobs)) {
      for (const name of Object.keys(job.env ?? {})) expect(kit).toContain(`process.env.${name}`);
    }
  });
});

describe('the check of what a workflow runs', () => {
  it.each([
    ['a script that package.json lacks', 'npm run no-such-script'],
    ['a file that is not there', 'bash .ci/no-such-file'],
    ['any other program', 'curl https://example.com'],
    ['shell code after a known script', 'npm test && rm -rf /'],
    ['a second line at fault', 'npm test\nnpm run no-such-script'],
  ])('rejects %s', (_, run) => {
    expect(runFaults(run)).toHaveLength(1);
  });
});

describe('the YAML parser', () => {
  it.each([
    ['a repeated key', 'a: 1\na: 2\n'],
    ['a syntax error', 'a: ['],
    ['an alias', 'a: &x 1\nb: *x\n'],
    ['a second document', 'a: 1\n---\nb: 2\n'],
  ])('rejects %s', async (_, text) => {
    await expect(parseYaml(text)).rejects.toThrow();
  });
});

it.each(filesIn('.github/ISSUE_TEMPLATE').filter((path) => !path.endsWith('/config.yml')))(
  'the issue form %s has a name, a description and fields with unique ids',
  async (path) => {
    const form = (await parsed(path)) as { name: string; description: string; body: { type: string; id?: string }[] };
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const fields = form.body.filter(({ type }) => type !== 'markdown').map(({ id }) => id);
    expect(fields).not.toContain(undefined);
    expect(new Set(fields).size).toBe(fields.length);
  },
);

it('links the issue chooser to the private report of vulnerabilities, and offers no blank issue', async () => {
  expect(await parsed('.github/ISSUE_TEMPLATE/config.yml')).toMatchObject({
    blank_issues_enabled: 'false',
    contact_links: [{ name: expect.any(String), url: expect.stringMatching(/^https:/), about: expect.any(String) }],
  });
});

it('names in .nvmrc the major version of the Node that the services run on', () => {
  const { devDependencies } = JSON.parse(textOf('package.json')) as { devDependencies: Record<string, string> };
  expect(textOf('.nvmrc').trim()).toBe(devDependencies['node']?.split('.')[0]);
});

it('names in SECURITY.md only tests and sources that exist', () => {
  const folders = ['', 'apps/api-gateway/integration/'];
  const named = [...textOf('SECURITY.md').matchAll(/`([\w./-]+\.ts)`/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((file) => !folders.some((folder) => existsSync(join(root, folder, file))))).toEqual([]);
});
