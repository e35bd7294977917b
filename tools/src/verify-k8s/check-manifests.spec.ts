import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { Broken, copyOf } from './breaks/broken';
import { containersBreaks } from './breaks/containers';
import { networkBreaks } from './breaks/network';
import { objectsBreaks } from './breaks/objects';
import { projectBreaks } from './breaks/project';
import { secretsBreaks } from './breaks/secrets';
import { checkManifests, ruleFindings } from './check-manifests';
import { loadProject } from './load-project';
import { type Project } from './manifests';
import { readManifests } from './objects/read-manifests';
import { allRules } from './rules/all-rules';
import { schemaFindings } from './schema/schema-findings';

/* eslint-disable @typescript-eslint/no-explicit-any -- Mutations reach into objects of every kind. */

const production = readManifests(join(workspaceRoot(), 'k8s/overlays/production'));
let project: Project;

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-manifests-'));
  project = await loadProject(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

const breaks = [...secretsBreaks, ...projectBreaks, ...containersBreaks, ...networkBreaks, ...objectsBreaks];

describe('the production manifests', () => {
  it('match their schemas and every rule', async () => {
    expect(await checkManifests(production, project)).toEqual([]);
  });

  it('are as many, with as many rules, as the how-to shows', () => {
    const page = readFileSync(join(workspaceRoot(), 'docs/how-to/deploy-on-kubernetes.md'), 'utf8');
    const guarantee = `${production.length} objects match their schemas and ${allRules.length} rules`;
    expect(page).toContain(`✓ production: ${guarantee}`);
  });

  it.each(breaks)('rule %s finds %s', (rule, _title, change, object, field) => {
    const { services, natsValues, composeServices } = project;
    const broken = new Broken(copyOf(production), { ...project, ...copyOf({ services, natsValues, composeServices }) });
    change(broken);
    const found = ruleFindings(broken.objects, broken.project as Project);
    expect([...new Set(found.map((finding) => `${finding.rule}: ${finding.object}: ${finding.field}`))]).toEqual([
      `${rule}: ${object}: ${field}`,
    ]);
  });

  it.each(['LEGACY_JWT_SECRETS', 'RATE_LIMIT_STORE'])('may have the optional secret %s', (name) => {
    const broken = new Broken(copyOf(production), project);
    broken.addKey('api-gateway', name);
    broken.setVariable('api-gateway', `${name}_FILE`, `/etc/gatehouse/secrets/${name}`);
    delete broken.object('ConfigMap', 'api-gateway').data[name];
    expect(ruleFindings(broken.objects, project)).toEqual([]);
  });

  it('may have upstreams on the ports that the gateway is let out to, and answer proxies', () => {
    const broken = new Broken(copyOf(production), project);
    broken.object('ConfigMap', 'gate-policy').data['gate.yaml'] =
      '{ upstreams: { orders: { url: "http://orders.shop:8080", audience: orders } }, routes: [] }';
    Object.assign(broken.object('ConfigMap', 'api-gateway').data, {
      FORWARD_AUTH: 'nginx',
      FORWARD_AUTH_PROXIES: 'uniquelocal',
    });
    expect(ruleFindings(broken.objects, project)).toEqual([]);
  });

  it('break every rule at least once above', () => {
    expect(allRules.map(({ name }) => name).filter((name) => !breaks.some(([rule]) => rule === name))).toEqual([]);
  });
});

describe('the schemas', () => {
  const faults: readonly [
    title: string,
    change: (broken: Broken) => void,
    object: string,
    field: string,
    problem: RegExp,
  ][] = [
    [
      'an unknown field of a pod',
      (b) => ((b.container('valkey') as any).readOnly = true),
      'Deployment valkey',
      'spec.template.spec.containers[0].readOnly',
      /^is not a field: use one of args, command, /,
    ],
    [
      'a value of the wrong type',
      (b) => (b.object('Deployment', 'valkey').spec.replicas = '1'),
      'Deployment valkey',
      'spec.replicas',
      /^must be integer/,
    ],
    [
      'an unknown field of a route',
      (b) => (b.object('HTTPRoute', 'clients').spec.rules[0].backends = []),
      'HTTPRoute clients',
      'spec.rules[0].backends',
      /backendRefs/,
    ],
    [
      'an unknown field of a ScaledObject',
      (b) => (b.object('ScaledObject', 'user-sync').spec.minReplicas = 2),
      'ScaledObject user-sync',
      'spec.minReplicas',
      /minReplicaCount/,
    ],
    [
      'an unknown field of a CloudNativePG Cluster',
      (b) => (b.object('Cluster', 'gatehouse-postgres').spec.replicas = 3),
      'Cluster gatehouse-postgres',
      'spec.replicas',
      /^is not a field/,
    ],
    [
      'a value of a CloudNativePG Cluster that is not allowed',
      (b) => (b.object('Cluster', 'gatehouse-postgres').spec.postgresql.synchronous.method = 'all'),
      'Cluster gatehouse-postgres',
      'spec.postgresql.synchronous.method',
      /any/,
    ],
    [
      'an unknown field of an ObjectStore',
      (b) => (b.object('ObjectStore', 'gatehouse-postgres').spec.retention = '30d'),
      'ObjectStore gatehouse-postgres',
      'spec.retention',
      /^is not a field/,
    ],
  ];

  it('refuse unknown fields and wrong values, by their path', async () => {
    const broken = new Broken(copyOf(production), {});
    for (const [, change] of faults) change(broken);
    const found = await schemaFindings(broken.objects);
    expect(found.map(({ object, field }) => `${object} ${field}`).sort()).toEqual(
      faults.map(([, , object, field]) => `${object} ${field}`).sort(),
    );
    for (const [, , object, field, problem] of faults) {
      expect(found.find((finding) => finding.object === object && finding.field === field)?.problem).toMatch(problem);
    }
  });
});
