import { readFileSync } from 'node:fs';

/** A unit of systemd: the values of each setting, in the order of the file. Sections are not told apart. */
export class UnitFile {
  private readonly settings: readonly (readonly [name: string, value: string])[];

  /** @throws Error for a line that is no setting */
  constructor(path: string) {
    const lines = readFileSync(path, 'utf8').split('\n');
    const meaningful = lines.filter((line) => line !== '' && !/^#|^\[\w+\]$/.test(line));
    this.settings = meaningful.map((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`not a setting of a unit: ${line}`);
      return [name, value] as const;
    });
  }

  /** All values of a setting that may be repeated. */
  all(name: string): string[] {
    return this.settings.filter(([found]) => found === name).map(([, value]) => value);
  }

  /** The value of a setting; undefined when it is missing. */
  get(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  /** The variables that the unit sets. */
  get environment(): Record<string, string> {
    return Object.fromEntries(
      this.all('Environment').map((line) => {
        const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return [name, value] as const;
      }),
    );
  }
}
