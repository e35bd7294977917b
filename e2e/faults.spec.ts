import { writeFileSync } from 'node:fs';
import { clerkPayload } from '@gatehouse/testing';
import { cells } from './faults/cells';
import { FaultWorld } from './faults/fault-world';
import { type Figures, Load } from './faults/load';

const { GATEHOUSE_FAULTS: which = 'short', GATEHOUSE_FAULTS_REPORT: report } = process.env;
const chosen = cells.filter(
  ({ key, short }) => which === 'all' || (which === 'short' ? short : which.split(',').includes(key)),
);
const DELIVERIES = which === 'all' ? 300 : 60;
const SETTLE_MS = which === 'all' ? 120_000 : 60_000;

let world: FaultWorld;
const results: { name: string; figures: Figures; ok: boolean }[] = [];

beforeAll(async () => {
  world = await FaultWorld.start(clerkPayload<{ instance_id: string }>('user.created').instance_id);
}, 120_000);

afterAll(async () => {
  if (report !== undefined) {
    writeFileSync(report, JSON.stringify({ ...(await world.versions()), results }, null, 2));
  }
  await world?.stop();
}, 60_000);

it.each(chosen)(
  'every accepted delivery is applied once, whatever happens: $name',
  async ({ name, key, dead = 0, deliveries = DELIVERIES, run }) => {
    const load = new Load(world, key, deliveries);
    await run(world, load);
    const figures = await load.settle(SETTLE_MS);
    const want = { sent: deliveries, accepted: deliveries, applied: deliveries - dead, lost: 0, appliedTwice: 0, dead };
    results.push({ name, figures, ok: Object.entries(want).every(([k, v]) => figures[k as keyof Figures] === v) });
    expect(figures).toMatchObject(want);
  },
  240_000,
);
