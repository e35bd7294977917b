import { type Schemas } from '@gatehouse/client';
import { time } from '../output/format';
import { type Column } from '../output/table';

/** Columns of a list of conflicts. */
export const conflictColumns: readonly Column<Omit<Schemas['UserConflict'], 'id'>>[] = [
  { title: 'SINCE (UTC)', text: ({ detectedAt }) => time(detectedAt) },
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'CLAIMS', text: ({ claimant }) => claimant },
  { title: 'HAS IT', text: ({ holder }) => holder },
  { title: 'WHY', text: ({ reason }) => reason },
];
