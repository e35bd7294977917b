import { type Cell, type OwnedCell } from './cell';
import { clockCells } from './clock-cells';
import { crashCells } from './crash-cells';
import { diskCells } from './disk-cells';
import { operatorCells } from './operator-cells';
import { ownedCells } from './owned-cells';
import { passwordCells } from './password-cells';
import { natsCells, postgresCells, lostStreamCells } from './server-cells';
import { replicaCells } from './replica-cells';
import { streamCells } from './stream-cells';

/** All faults. Full disks come last, because they need separate servers. */
export const cells: readonly (Cell | OwnedCell)[] = [
  { name: 'none', key: 'none', run: (_world, load) => load.send() } satisfies Cell,
  ...crashCells,
  ...natsCells,
  ...postgresCells,
  ...clockCells,
  ...replicaCells,
  ...operatorCells,
  ...passwordCells,
  ...ownedCells,
  ...streamCells,
  ...lostStreamCells,
  ...diskCells,
];
