import { type JsonFault, parseStrictJson } from '@gatehouse/auth';
import { userImportLimits } from '@gatehouse/contracts';
import { ImportLineInvalidError } from '../../errors';
import { type RawRow } from './imported-row';

const faults: Readonly<Record<JsonFault, string>> = {
  encoding: 'is not UTF-8',
  syntax: 'is not JSON',
  depth: 'is nested deeper than 32 levels',
  number: 'has a number out of range',
  repeated_member: 'repeats a field',
};

/** Reads JSON Lines: one object on each line. Ignores empty lines. Only holds one line in memory. */
export async function* readJsonLines(text: AsyncIterable<string>): AsyncGenerator<RawRow> {
  let line = 1;
  for await (const content of linesOf(text)) {
    if (content === null || content.trim() !== '') yield readLine(content, line);
    line += 1;
  }
}

/** The lines of a text; null for a line that is too long. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string | null> {
  let pending: string | null = '';
  for await (const part of text) {
    const pieces = part.split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (pending !== null) pending = isTooLong(pending.length + piece.length) ? null : pending + piece;
      if (index === pieces.length - 1) break;
      yield pending;
      pending = '';
    }
  }
  if (pending !== '') yield pending;
}

function isTooLong(length: number): boolean {
  return length > userImportLimits.rowBytes;
}

function readLine(content: string | null, line: number): RawRow {
  if (content === null) return faulty(line, 'is longer than 16 KiB');
  try {
    const value = parseStrictJson(Buffer.from(content), (fault) => new ImportLineInvalidError(faults[fault]));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return faulty(line, 'is not an object');
    return { line, fields: value as Record<string, unknown>, faults: [] };
  } catch (error) {
    if (error instanceof ImportLineInvalidError) return faulty(line, error.message);
    throw error;
  }
}

function faulty(line: number, message: string): RawRow {
  return { line, fields: {}, faults: [{ field: 'row', message }] };
}
