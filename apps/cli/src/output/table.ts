import { styleText } from 'node:util';
import stringWidth from 'fast-string-width';
import { type Io } from '../io';
import { printable } from './printable';

/** A style of a cell. */
export type Style = 'green' | 'yellow' | 'red' | 'dim' | 'bold';

/** A column of a table. */
export interface Column<Entry> {
  readonly title: string;
  text(entry: Entry): string;
  style?(entry: Entry): Style | undefined;
}

/** Widest cell in a terminal. Elsewhere cells are whole, for `grep`. */
const WIDEST = 56;
const GAP = '  ';

/** Writes a table page by page: the widths are those of the first page, so that no page must wait for the last. */
export class Table<Entry> {
  private widths: number[] | undefined;

  constructor(
    private readonly io: Pick<Io, 'stdout'>,
    private readonly columns: readonly Column<Entry>[],
  ) {}

  write(page: readonly Entry[]): void {
    const rows = page.map((entry) => this.columns.map((column) => this.fitted(printable(column.text(entry)))));
    if (this.widths === undefined) {
      const titles = this.columns.map(({ title }) => title);
      this.widths = titles.map((title, index) =>
        Math.max(title.length, ...rows.map((row) => stringWidth(row[index] ?? ''))),
      );
      this.line(titles, () => 'dim');
    }
    rows.forEach((row, index) => {
      const entry = page[index];
      this.line(row, (column) => (entry === undefined ? undefined : this.columns[column]?.style?.(entry)));
    });
  }

  private line(cells: readonly string[], styleOf: (column: number) => Style | undefined): void {
    const texts = cells.map((cell, index) => {
      const isLast = index === cells.length - 1;
      const padding = isLast ? '' : ' '.repeat(Math.max(0, (this.widths?.[index] ?? 0) - stringWidth(cell)));
      const style = styleOf(index);
      return `${style === undefined ? cell : styled(this.io, style, cell)}${padding}`;
    });
    this.io.stdout.write(`${texts.join(GAP).trimEnd()}\n`);
  }

  private fitted(cell: string): string {
    if (this.io.stdout.isTTY !== true || cell.length <= WIDEST) return cell;
    return `${cell.slice(0, WIDEST - 1)}…`;
  }
}

/** A text in a style, if standard output shows styles: NO_COLOR, FORCE_COLOR and the terminal decide. */
export function styled({ stdout }: Pick<Io, 'stdout'>, style: Style, text: string): string {
  return styleText(style, text, { stream: stdout, validateStream: true });
}
