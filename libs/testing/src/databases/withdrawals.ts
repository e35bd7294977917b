import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Of statements other than ALTER TABLE. What a block executes as text is not known, nor whether an index that is dropped
 * was a unique one, which `ON CONFLICT` names: they count as withdrawals.
 */
const WITHDRAWN =
  /^(DROP (TABLE|INDEX|FUNCTION|PROCEDURE|TYPE|DOMAIN|(MATERIALIZED )?VIEW|SCHEMA|SEQUENCE|OWNED)|TRUNCATE|REVOKE|EXECUTE|ALTER (TYPE|DOMAIN|(MATERIALIZED )?VIEW|FUNCTION|PROCEDURE|SEQUENCE|INDEX|SCHEMA) .*(RENAME|SET SCHEMA))\b/i;

/** Of the parts of ALTER TABLE. */
const WITHDRAWN_FROM_TABLE =
  /^(DROP (?!CONSTRAINT\b)|RENAME\b|SET SCHEMA\b|DETACH PARTITION\b|ADD (CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY|EXCLUDE)\b|ALTER (COLUMN )?\w+ (SET NOT NULL|DROP (DEFAULT|IDENTITY|EXPRESSION)|(SET DATA )?TYPE)\b|(ENABLE|FORCE) ROW LEVEL)/i;

const ADDED_COLUMN = /^ADD (?!CONSTRAINT\b)/i;
const ALTERED_TABLE = /^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?([\w.]+) (.*)$/i;
const CREATED_TABLE = /^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?([\w.]+)/i;
/** One that was left half made is dropped before it is made anew. */
const CREATED_INDEX = /^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?([\w.]+)/i;
const LEFTOVER_INDEX = /^DROP INDEX (?:CONCURRENTLY )?IF EXISTS ([\w.]+)$/i;
/** An index made plainly stops those who write; a unique one refuses what they write. */
const INDEX = /^CREATE (?:UNIQUE INDEX|INDEX(?! CONCURRENTLY)) .*?\bON (?:ONLY )?([\w.]+)/i;

/**
 * The parts of a migration that would break the version before it, were it still running: what it drops, renames, revokes
 * or narrows in tables that were there before, and indexes that are not made beside those who write to them. None in one
 * that only expands. Runs `up` without a database.
 */
export async function withdrawalsOf(migration: MigrationInterface): Promise<string[]> {
  const texts: string[] = [];
  const recorder = { query: (text: string) => Promise.resolve(texts.push(text)) };
  await migration.up(recorder as Partial<QueryRunner> as QueryRunner);
  const statements = texts.flatMap(statementsOf);
  const created = new Set(statements.flatMap((statement) => CREATED_TABLE.exec(statement)?.[1] ?? []));
  const makes = (statement: string, index: string) => CREATED_INDEX.exec(statement)?.[1] === index;
  return statements.flatMap((statement, position) => {
    const [, table, changes = ''] = ALTERED_TABLE.exec(statement) ?? [];
    const leftover = LEFTOVER_INDEX.exec(statement)?.[1];
    if (leftover !== undefined && statements.slice(position).some((later) => makes(later, leftover))) return [];
    // Nobody knows yet what this migration has made.
    if (created.has(table ?? INDEX.exec(statement)?.[1] ?? '')) return [];
    if (table === undefined) return WITHDRAWN.test(statement) || INDEX.test(statement) ? [statement] : [];
    return changes.split(/ ?, ?/).filter((change) => WITHDRAWN_FROM_TABLE.test(change) || isDemanded(change));
  });
}

/** A column that older code, which leaves it out, would have to fill. */
function isDemanded(change: string): boolean {
  return ADDED_COLUMN.test(change) && /\bNOT NULL\b/i.test(change) && !/\b(DEFAULT|GENERATED)\b/i.test(change);
}

/** The statements of a text, and those of its DO blocks, without what stands in parentheses, in blanks of one. */
function statementsOf(text: string): string[] {
  let bare = text
    .replace(/--.*$/gm, '')
    .replace(/\bDO (?:LANGUAGE \w+ )?\$(\w*)\$([\s\S]*?)\$\1\$/gi, (_, _tag, block: string) =>
      // Each begins anew behind what may stand before it in a block.
      block.replace(/\b(BEGIN|THEN|ELSE|LOOP|DECLARE)\b/gi, ';'),
    )
    // What a function does when it is called takes nothing away.
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, '')
    .replace(/\bpublic\.|"/gi, '');
  for (let outer = ''; outer !== bare;) {
    outer = bare;
    bare = outer.replace(/\([^()]*\)/g, '');
  }
  return bare.split(';').map((statement) => statement.replace(/\s+/g, ' ').trim());
}
