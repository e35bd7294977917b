import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(__dirname, '../../../..');

interface Spec {
  readonly path: string;
}

/** As Jest uses it, outside of the tests. */
const LongestFirst = createRequire(__filename)('./longest-first.cjs') as {
  new (options: object): { sort(specs: readonly Spec[]): Spec[] };
  readonly SECONDS: Readonly<Record<string, number>>;
};

it('every spec that is known to take long exists', () => {
  expect(Object.keys(LongestFirst.SECONDS).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
