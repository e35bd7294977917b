import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Matches statements other than ALTER TABLE that would break replicas of the previous release. EXECUTE counts as
 * breaking, because the statement that it runs is computed and cannot be checked. DROP INDEX counts as breaking,
 * because the index may be a unique index that `ON CONFLICT` needs.
 */
const BREAKING =
  /^(DROP (TABLE|INDEX|FUNCTION|PROCEDURE|TYPE|DOMAIN|(MATERIALIZED )?VIEW|SCHEMA|SEQUENCE|OWNED)|TRUNCATE|REVOKE|EXECUTE|ALTER (TYPE|DOMAIN|(MATERIALIZED )?VIEW|FUNCTION|PROCEDURE|SEQUENCE|INDEX|SCHEMA) .*(RENAME|SET SCHEMA))\b/i;

/** Matches actions of ALTER TABLE that would break replicas of the previous release. */
const BREAKING_ACTION =
  /^(DROP (?!CONSTRAINT\b)|RENAME\b|SET SCHEMA\b|DETACH PARTITION\b|ADD (CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY|EXCLUDE)\b|ALTER (COLUMN )?\w+ (SET NOT NULL|DROP (DEFAULT|IDENTITY|EXPRESSION)|(SET DATA )?TYPE)\b|(ENABLE|FORCE) ROW LEVEL)/i;

const ADDED_COLUMN = /^ADD (?!CONSTRAINT\b)/i;
const ALTERED_TABLE = /^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?([\w.]+) (.*)$/i;
const CREATED_TABLE = /^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?([\w.]+)/i;
const CREATED_INDEX = /^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?([\w.]+)/i;
/**
 * Matches the removal of an invalid index that a failed CREATE INDEX CONCURRENTLY left behind. The removal is allowed
 * if the migration creates the index again afterwards.
 */
const LEFTOVER_INDEX = /^DROP INDEX (?:CONCURRENTLY )?IF EXISTS ([\w.]+)$/i;
/**
 * Matches CREATE INDEX without CONCURRENTLY, which blocks writers. Also matches every CREATE UNIQUE INDEX, which
 * rejects rows that were valid before. The group of the expression captures the name of the table.
 */
const BLOCKING_INDEX = /^CREATE (?:UNIQUE INDEX|INDEX(?! CONCURRENTLY)) .*?\bON (?:ONLY )?([\w.]+)/i;

/**
 * Returns the statements of a migration that would break replicas of the previous release. Such a statement drops,
 * renames, revokes or narrows something that existed before, or creates an index that blocks writers. Empty for a
 * migration that only adds things. Runs `up` with a recorder in place of a database.
 *
 * Regular expressions find the statements, because nothing simpler finds the same ones. Comparing the database catalog
 * before and after would miss indexes that blocked writers, and DO blocks whose condition was false in the test. An SQL
 * parser would need the same rules, and a second parser for DO blocks.
 *
 * A statement that the expressions cannot read counts as breaking. To allow a statement, list it in the service's
 * `migrations.spec.ts`. Or begin the migration's name with `Contract`: that spec skips such migrations.
 */
export async function breakingChangesOf(migration: MigrationInterface): Promise<string[]> {
  const texts: string[] = [];
  const recorder = { query: (text: string) => Promise.resolve(texts.push(text)) };
  await migration.up(recorder as Partial<QueryRunner> as QueryRunner);
  const statements = texts.flatMap(statementsOf);
  const created = new Set(statements.flatMap((statement) => CREATED_TABLE.exec(statement)?.[1] ?? []));
  const creates = (statement: string, index: string) => CREATED_INDEX.exec(statement)?.[1] === index;
  return statements.flatMap((statement, position) => {
    const [, table, actions = ''] = ALTERED_TABLE.exec(statement) ?? [];
    const leftover = LEFTOVER_INDEX.exec(statement)?.[1];
    if (leftover !== undefined && statements.slice(position).some((later) => creates(later, leftover))) return [];
    // No replica uses a table that this same migration creates.
    if (created.has(table ?? BLOCKING_INDEX.exec(statement)?.[1] ?? '')) return [];
    if (table === undefined) return BREAKING.test(statement) || BLOCKING_INDEX.test(statement) ? [statement] : [];
    return actions.split(/ ?, ?/).filter((action) => BREAKING_ACTION.test(action) || isRequiredColumn(action));
  });
}

/**
 * Whether the action adds a NOT NULL column without a default: inserts of older code, which does not set the column,
 * would fail.
 */
function isRequiredColumn(action: string): boolean {
  return ADDED_COLUMN.test(action) && /\bNOT NULL\b/i.test(action) && !/\b(DEFAULT|GENERATED)\b/i.test(action);
}

/**
 * The statements of a text, including those inside DO blocks. Removes what the expressions above do not look at:
 * comments, quotes, the schema `public`, and parentheses with their content, such as column lists. Each run of white
 * space becomes one space.
 */
function statementsOf(text: string): string[] {
  let bare = text
    .replace(/--.*$/gm, '')
    .replace(/\bDO (?:LANGUAGE \w+ )?\$(\w*)\$([\s\S]*?)\$\1\$/gi, (_, _tag, block: string) =>
      // In a block, a statement can directly follow one of these keywords. So each keyword becomes `;`, which ends a
      // statement.
      block.replace(/\b(BEGIN|THEN|ELSE|LOOP|DECLARE)\b/gi, ';'),
    )
    // Removes the bodies of functions: the migration defines the functions and does not run them.
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, '')
    .replace(/\bpublic\.|"/gi, '');
  for (let outer = ''; outer !== bare;) {
    outer = bare;
    bare = outer.replace(/\([^()]*\)/g, '');
  }
  return bare.split(';').map((statement) => statement.replace(/\s+/g, ' ').trim());
}
