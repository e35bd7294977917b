import { type Cell } from './cell';
import { clockCells } from './clock-cells';
import { crashCells } from './crash-cells';
import { diskCells } from './disk-cells';
import { operatorCells } from './operator-cells';
import { natsCells, postgresCells, lostStreamCells } from './server-cells';
import { replicaCells } from './replica-cells';

/** The faults; full disks come last, on servers of their own. */
export const cells: readonly Cell[] = [
  { name: 'none', key: 'none', run: (_world, load) => load.send() },
  ...crashCells,
  ...natsCells,
  ...postgresCells,
  ...clockCells,
  ...replicaCells,
  ...operatorCells,
  ...lostStreamCells,
  ...diskCells,
];
