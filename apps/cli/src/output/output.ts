import { type Io } from '../io';
import { printable } from './printable';
import { type Column, type Style, Table, styled } from './table';

/** Most entries of one page of a table. */
const PAGE = 100;

/** A field of a record: its name, its text and a style. */
export type Field = readonly [name: string, text: string, style?: Style];

/**
 * What the command prints. With `--json`, standard output has one JSON value per line and nothing else, and what is meant
 * for people is left out.
 */
export class Output {
  constructor(
    private readonly io: Pick<Io, 'stdout' | 'stderr'>,
    readonly json: boolean,
  ) {}

  /** Prints one value: as JSON, or its fields below each other. */
  record(value: unknown, fields: readonly Field[]): void {
    if (this.json) return this.value(value);
    const width = Math.max(...fields.map(([name]) => name.length));
    for (const [name, text, style] of fields) {
      const shown = printable(text);
      const label = styled(this.io, 'dim', name.padEnd(width));
      this.io.stdout.write(`${label}  ${style === undefined ? shown : styled(this.io, style, shown)}\n`);
    }
  }

  /**
   * Prints entries as they arrive: one JSON value per line, or a table.
   * @param none what to say when there are none
   * @returns their number
   */
  async entries<Entry>(
    entries: AsyncIterable<Entry> | Iterable<Entry>,
    columns: readonly Column<Entry>[],
    none: string,
  ): Promise<number> {
    const table = new Table(this.io, columns);
    let total = 0;
    let page: Entry[] = [];
    const flush = (): void => {
      if (page.length > 0) table.write(page);
      page = [];
    };
    for await (const entry of entries) {
      total += 1;
      if (this.json) this.value(entry);
      else page.push(entry);
      if (page.length === PAGE) flush();
    }
    flush();
    if (total === 0) this.note(none);
    return total;
  }

  /** Prints a value as one line of JSON. */
  value(value: unknown): void {
    this.io.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Prints a sentence for people as part of the result. */
  line(text = '', style?: Style): void {
    if (this.json) return;
    const shown = printable(text);
    this.io.stdout.write(`${style === undefined ? shown : styled(this.io, style, shown)}\n`);
  }

  /** Tells people something that is not part of the result, on standard error. */
  note(text: string): void {
    if (!this.json) this.io.stderr.write(`${printable(text)}\n`);
  }
}
