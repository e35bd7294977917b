import { isDeepStrictEqual } from 'node:util';

/** Values that the company may set at our keys; undefined removes the value. */
export const companyValues: readonly unknown[] = [
  undefined,
  'editor',
  'admin',
  'Developer',
  ['editor', 'author'],
  { name: 'owner' },
  4711,
  false,
];

/** A key of ours. */
export type MetadataName = 'dbId' | 'role';

/** `publicMetadata` of one user at Clerk, and for each value whether it is the company's. */
export class CompanyMetadataModel {
  /** Values of the company that Gatehouse has overwritten. Must stay empty. */
  readonly overwritten: unknown[] = [];
  private values: Record<string, unknown> = {};
  private readonly foreign = new Set<string>();

  constructor(initial: Record<string, unknown> = {}) {
    for (const [name, value] of Object.entries(initial)) this.companySets(name, value);
  }

  get json(): Record<string, unknown> {
    return { ...this.values };
  }

  isForeign(name: MetadataName): boolean {
    return this.foreign.has(name);
  }

  companySets(name: string, value: unknown): void {
    if (isDeepStrictEqual(this.values[name], value)) return;
    const others = Object.entries(this.values).filter(([other]) => other !== name);
    this.values = Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
    if (value === undefined) this.foreign.delete(name);
    else this.foreign.add(name);
  }

  /** Makes a value that equals the wanted one Gatehouse's. */
  adopt(name: MetadataName, wanted: unknown): void {
    if (this.values[name] === wanted) this.foreign.delete(name);
  }

  gatehouseMerges(patch: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(patch)) {
      if (this.foreign.has(name) && this.values[name] !== value) this.overwritten.push(this.values[name]);
      this.foreign.delete(name);
    }
    this.values = { ...this.values, ...patch };
  }
}
