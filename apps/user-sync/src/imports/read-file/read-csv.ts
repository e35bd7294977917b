import { Readable, pipeline } from 'node:stream';
import { importedFields, userImportLimits } from '@gatehouse/contracts';
import { CsvError, type Info, parse } from 'csv-parse';
import { ImportUnreadableError } from '../../errors';
import { type RawRow, unknownFieldFault } from './imported-row';

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * Reads CSV as RFC 4180 defines it: commas, double quotes, any line ends. The first record is the header. Only holds one
 * record in memory.
 * @throws ImportUnreadableError when the header is wrong, or a quote makes it unclear where a record ends
 */
export async function* readCsv(text: AsyncIterable<string>): AsyncGenerator<RawRow> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: userImportLimits.rowBytes,
  });
  // `pipeline` destroys the parser with the error of the source, so the loop below throws it.
  const records = pipeline(Readable.from(text), parser, () => undefined) as AsyncIterable<CsvRecord>;
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of records) {
      if (header === undefined) header = readHeader(record);
      else yield rowOf(header, record, info.lines);
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  }
  if (header === undefined) throw new ImportUnreadableError('The file has no header.');
}

function rowOf(header: readonly string[], cells: readonly string[], line: number): RawRow {
  if (cells.length !== header.length) {
    const message = `has ${cells.length} cells, but the header has ${header.length}`;
    return { line, fields: {}, faults: [{ field: 'row', message }] };
  }
  return { line, fields: Object.fromEntries(header.map((name, index) => [name, cells[index]])), faults: [] };
}

function readHeader(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  for (const [index, name] of names.entries()) {
    const column = `Column ${index + 1} of the header`;
    // Without the name: in a file without a header, it would be the value of the first row.
    if (!isField(name)) throw new ImportUnreadableError(`${column} ${unknownFieldFault(name)}. ${known}`);
    if (names.indexOf(name) < index) throw new ImportUnreadableError(`${column} repeats another column.`);
  }
  return names;
}

const known = `Fields of imports are ${importedFields.join(', ')}.`;

function isField(name: string): boolean {
  return (importedFields as readonly string[]).includes(name);
}

/** The messages of the parser repeat values, so they are replaced. */
function unreadable(error: CsvError): ImportUnreadableError {
  const line = typeof error.lines === 'number' ? `Line ${error.lines}` : 'The file';
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return new ImportUnreadableError('A quoted cell is not closed at the end of the file.');
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new ImportUnreadableError(`${line}: a row is longer than 16 KiB, or a quote is not closed.`);
  }
  return new ImportUnreadableError(`${line}: a quote is in the wrong place. Double quotes inside quoted cells.`);
}
