import { type UserImportFormat, userImportLimits } from '@gatehouse/contracts';
import { ImportUnreadableError } from '../../errors';
import { decodeText } from './decode-text';
import { type ImportedRow, readRow } from './imported-row';
import { readCsv } from './read-csv';
import { readJsonLines } from './read-json-lines';

/**
 * Reads the rows of a file as its bytes arrive. The same bytes always give the same rows, so an interrupted import can
 * read the file again.
 * @param now milliseconds since the epoch
 * @throws ImportUnreadableError when the file cannot be read as a whole, or has too many rows
 */
export async function* readFile(
  chunks: AsyncIterable<Uint8Array>,
  format: UserImportFormat,
  now: number,
): AsyncGenerator<ImportedRow> {
  const text = decodeText(chunks);
  let row = 0;
  for await (const raw of format === 'csv' ? readCsv(text) : readJsonLines(text)) {
    row += 1;
    if (row > userImportLimits.rows) {
      throw new ImportUnreadableError(`The file has more than ${userImportLimits.rows} rows.`);
    }
    yield { row, line: raw.line, ...readRow(raw, now) };
  }
  if (row === 0) throw new ImportUnreadableError('The file has no rows.');
}
