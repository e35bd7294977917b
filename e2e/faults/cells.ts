import { type Cell } from './cell';
import { clockCells } from './clock-cells';
import { crashCells } from './crash-cells';
import { diskCells } from './disk-cells';
import { operatorCells } from './operator-cells';
import { passwordCells } from './password-cells';
import { natsCells, postgresCells, lostStreamCells } from './server-cells';
import { replicaCells } from './replica-cells';

/** All faults. Full disks come last, because they need separate servers. */
export const cells: readonly Cell[] = [
  { name: 'none', key: 'none', run: (_world, load) => load.send() },
  ...crashCells,
  ...natsCells,
  ...postgresCells,
  ...clockCells,
  ...replicaCells,
  ...operatorCells,
  ...passwordCells,
  ...lostStreamCells,
  ...diskCells,
];
