import { writeFileSync } from 'node:fs';
import { clerkPayload } from '@gatehouse/testing';
import { cells } from './faults/cells';
import { FaultWorld } from './faults/fault-world';
import { type Figures, Load } from './faults/load';
import { OwnedLoad } from './faults/owned-load';
import { type Cell, type OwnedCell } from './faults/cell';
import { untilStreamsEqual } from './faults/streams-equal';

const { GATEHOUSE_FAULTS: which = 'short', GATEHOUSE_FAULTS_REPORT: report } = process.env;
const chosen = cells.filter(
  ({ key, short }) => which === 'all' || (which === 'short' ? short : which.split(',').includes(key)),
);
const DELIVERIES = which === 'short' ? 60 : 300;
const SETTLE_MS = 180_000;

const results: { name: string; figures?: Figures; status: string }[] = [];
let versions: { nats: string; postgres: string } | undefined;
let world: FaultWorld | undefined;
let onSmallDisks: boolean | undefined;

/** A kind of world starts with its first cell. */
async function worldFor(smallDisks: boolean): Promise<FaultWorld> {
  if (world === undefined || onSmallDisks !== smallDisks) {
    await world?.stop();
    world = undefined;
    onSmallDisks = smallDisks;
    const { instance_id: instanceId } = clerkPayload<{ instance_id: string }>('user.created');
    world = await FaultWorld.start(instanceId, { smallDisks });
    versions = await world.versions();
  }
  return world;
}

// After each test, so that an aborted run has reported its results.
afterEach(() => {
  if (report !== undefined) writeFileSync(report, JSON.stringify({ ...versions, results }, null, 2));
});

afterAll(() => world?.stop());

/** Runs a cell, waits until the streams of changes equal their tables, and returns its figures and what they must be. */
async function runCell(
  cell: Cell | OwnedCell,
): Promise<{ readonly figures: Figures; readonly wanted: Partial<Figures> }> {
  const { dead = 0, deliveries = DELIVERIES, smallDisks }: Partial<Cell> = 'owned' in cell ? {} : cell;
  const here = await worldFor(smallDisks === true);
  let load: Load | OwnedLoad;
  if ('owned' in cell) {
    load = await OwnedLoad.prepare(here, cell.key, deliveries);
    await cell.run(here, load);
  } else {
    load = new Load(here, cell.key, deliveries);
    await cell.run(here, load);
  }
  const figures = await load.settle(SETTLE_MS);
  await untilStreamsEqual(here, SETTLE_MS);
  const wanted = {
    ...{ sent: deliveries, accepted: deliveries, applied: deliveries - dead, dead, lost: 0, appliedTwice: 0 },
    ...(cell.unnoticed && { failed: 0 }),
  };
  return { figures, wanted };
}

it.each(chosen)(
  'everything that was acknowledged is there once with the fault: $name',
  async (cell) => {
    const result: (typeof results)[number] = { name: cell.name, status: 'not run' };
    results.push(result);
    try {
      const { figures, wanted } = await runCell(cell);
      result.figures = figures;
      expect(figures).toMatchObject(wanted);
      result.status = 'passed';
    } catch (error) {
      const { message } = error as Error;
      result.status = message.startsWith('not run') ? message : '**failed**';
      throw error;
    }
  },
  600_000,
);
