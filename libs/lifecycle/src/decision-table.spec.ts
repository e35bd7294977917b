import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Known, type Observation, decide } from './decide';

interface Case {
  readonly known: Known;
  readonly seen: Observation;
  /** As the columns of the table name it. */
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
  const deletion: Case = { known, seen: { kind: 'deletion' }, cells: [held, 'deletion', '-', '-', '-', '-', '-'] };
  const others = Object.entries(versions).flatMap(([newer, version]) =>
    Object.entries(contents).flatMap(([differs, contentHash]): Case[] => [
      ...[true, false].map((proven): Case => ({
        known,
        seen: { kind: 'event', version, contentHash, proven },
        cells: [held, 'event', newer, differs, proven ? 'yes' : 'no', '-', '-'],
      })),
      ...[true, false].flatMap((rowUnchanged) =>
        [true, false].map((confirmed): Case => ({
          known,
          seen: { kind: 'snapshot', version, contentHash, rowUnchanged, confirmed },
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
  it.each(cases.map((each) => [each.cells.join(', '), each] as const))('says what is decided: %s', (_, each) => {
    const found = rows.filter((row) => matches(row, each.cells));
    expect(found).toHaveLength(1);
    expect(found[0]?.[7]).toBe(`\`${decide(each.known, each.seen).action}\``);
  });

  it('has no row that never holds', () => {
    expect(rows.filter((row) => !cases.some(({ cells }) => matches(row, cells)))).toEqual([]);
  });
});
