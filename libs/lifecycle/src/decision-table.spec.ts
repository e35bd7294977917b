import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Known, type Observed, decide } from './decide';

interface Case {
  readonly known: Known;
  readonly observed: Observed;
  /** Cells of the table that describe the case. */
  readonly cells: readonly string[];
}

const document = readFileSync(join(__dirname, '../../../docs/reference/decisions.md'), 'utf8');
const rows = (document.split('<!-- decisions -->')[1]?.split('<!-- /decisions -->')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const holds: Record<string, Known> = {
  nothing: { kind: 'absent' },
  tombstone: { kind: 'tombstone' },
  user: { kind: 'live', version: 10, contentHash: 'ours' },
};
const versions = { newer: 11, equal: 10, older: 9 };
const contents = { differs: 'other', same: 'ours' };

const cases: Case[] = Object.entries(holds).flatMap(([held, known]) => {
  const deletion: Case = { known, observed: { kind: 'deletion' }, cells: [held, 'deletion', '-', '-', '-', '-', '-'] };
  const others = Object.entries(versions).flatMap(([newer, version]) =>
    Object.entries(contents).flatMap(([differs, contentHash]): Case[] => [
      ...[true, false].map((proven): Case => ({
        known,
        observed: { kind: 'event', version, contentHash, proven },
        cells: [held, 'event', newer, differs, proven ? 'yes' : 'no', '-', '-'],
      })),
      ...[true, false].flatMap((rowUnchanged) =>
        [true, false].map((confirmed): Case => ({
          known,
          observed: { kind: 'snapshot', version, contentHash, rowUnchanged, confirmed },
          cells: [
            ...[held, 'snapshot', newer, differs, '-'],
            ...[rowUnchanged ? 'unchanged' : 'changed', confirmed ? 'yes' : 'no'],
          ],
        })),
      ),
    ]),
  );
  return [deletion, ...others];
});

const matches = (row: readonly string[], cells: readonly string[]) =>
  cells.every((cell, column) => row[column] === '-' || row[column] === cell);

describe('the table of decisions in docs/reference/decisions.md', () => {
  it.each(cases.map((each) => [each.cells.join(', '), each] as const))(
    'names the action that decide returns for %s',
    (_, each) => {
      const found = rows.filter((row) => matches(row, each.cells));
      expect(found).toHaveLength(1);
      expect(found[0]?.[7]).toBe(`\`${decide(each.known, each.observed).action}\``);
    },
  );

  it('has no row that matches no case', () => {
    expect(rows.filter((row) => !cases.some(({ cells }) => matches(row, cells)))).toEqual([]);
  });
});
