import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What takes something away that older code, which runs on meanwhile, may read or leave out. */
const WITHDRAWALS =
  /\bDROP (TABLE|COLUMN|FUNCTION|TYPE|VIEW|DEFAULT)\b|\bRENAME\b|\bSET NOT NULL\b|\bALTER( COLUMN)? \w+ (SET DATA )?TYPE\b|\bADD (CONSTRAINT|CHECK|UNIQUE|FOREIGN)\b|\bADD COLUMN [^,;]*\bNOT NULL\b(?![^,;]*\bDEFAULT\b)[^,;]*/gi;

/** What a function does when it is called, and a default of NULL, take nothing away. */
const HARMLESS = /\$(\w*)\$[\s\S]*?\$\1\$|\bGENERATED\b[^,;]*/g;

/**
 * The parts of a migration that would break the version before it, were it still running: what it drops, renames or
 * narrows in tables that are there. None in one that only expands. Runs `up` without a database.
 */
export async function withdrawalsOf(migration: MigrationInterface): Promise<string[]> {
  const statements: string[] = [];
  const recorder = { query: (text: string) => Promise.resolve(statements.push(text)) };
  await migration.up(recorder as Partial<QueryRunner> as QueryRunner);
  return statements.flatMap((statement) => statement.replace(HARMLESS, '').match(WITHDRAWALS) ?? []);
}
