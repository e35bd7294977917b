/** A table whose rows a stream shows. */
export interface RelayedTable {
  readonly table: string;
  /** SQL for the key of a row in the outbox; `row` stands for the row. */
  readonly key: (row: string) => string;
  /** By public field: the columns that it depends on. A change of one names the field in `changed` of the message. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/**
 * Statements that create the triggers which write the outbox, for migrations. The table has the columns `id` and
 * `version`. Each change of the version enqueues its row, in the transaction of the change; so do an insert, and a
 * deletion with a version that is one higher. The triggers run once per statement: a statement of many rows costs one
 * insert.
 */
export function createOutboxTriggers({ table, key, fields }: RelayedTable): string[] {
  const differs = (columns: readonly string[]) =>
    columns.map((column) => `n.${column} IS DISTINCT FROM o.${column}`).join(' OR ');
  const changed = Object.entries(fields).map(([field, columns]) => `CASE WHEN ${differs(columns)} THEN '${field}' END`);
  const all = Object.keys(fields).map((field) => `'${field}'`);
  const name = `enqueue_${table}`;
  const trigger = (event: string, tables: string) =>
    `CREATE TRIGGER ${table}_outbox_${event.toLowerCase()} AFTER ${event} ON ${table} REFERENCING ${tables}
       FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`;
  return [
    // A row in the outbox keeps the time of its first change and gains the fields of the next.
    `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' THEN
           INSERT INTO stream_outbox AS waiting (key, version, changed)
             SELECT ${key('n')}, n.version, array_remove(ARRAY[${changed.join(', ')}]::text[], NULL)
               FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id WHERE n.version <> o.version
           ON CONFLICT (key) DO UPDATE SET version = excluded.version,
             changed = ARRAY(SELECT DISTINCT unnest(waiting.changed || excluded.changed));
         ELSIF TG_OP = 'INSERT' THEN
           INSERT INTO stream_outbox (key, version, changed)
             SELECT ${key('n')}, n.version, ARRAY[${all.join(', ')}]::text[] FROM new_rows AS n
           ON CONFLICT (key) DO UPDATE SET version = excluded.version, changed = excluded.changed;
         ELSE
           INSERT INTO stream_outbox (key, version) SELECT ${key('o')}, o.version + 1 FROM old_rows AS o
           ON CONFLICT (key) DO UPDATE SET version = excluded.version, changed = '{}';
         END IF;
         RETURN NULL;
       END
     $$`,
    trigger('INSERT', 'NEW TABLE AS new_rows'),
    trigger('UPDATE', 'OLD TABLE AS old_rows NEW TABLE AS new_rows'),
    trigger('DELETE', 'OLD TABLE AS old_rows'),
  ];
}

/** Statements that drop what {@link createOutboxTriggers} created. */
export function dropOutboxTriggers(table: string): string[] {
  return [
    ...['insert', 'update', 'delete'].map((event) => `DROP TRIGGER ${table}_outbox_${event} ON ${table}`),
    `DROP FUNCTION enqueue_${table}()`,
  ];
}
