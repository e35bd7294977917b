import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StateFileInvalidError } from '../errors';

/** Version of the file's format. */
const VERSION = 1;
const stateFile = z.looseObject({ version: z.literal(VERSION) });

/** What an earlier run left in STATE_FILE. */
export class SavedState {
  private constructor(
    private readonly path: string,
    private readonly content: object | undefined,
  ) {}

  /** Reads the state file. @param path undefined when STATE_FILE is not set. @throws StateFileInvalidError */
  static async read(path: string | undefined): Promise<SavedState> {
    if (path === undefined) return new SavedState('', undefined);
    try {
      return new SavedState(path, stateFile.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (cause) {
      if ((cause as { code?: string }).code === 'ENOENT') return new SavedState(path, undefined);
      throw new StateFileInvalidError(path, { cause });
    }
  }

  /** The fields that the schema names; undefined when nothing was saved. @throws StateFileInvalidError */
  parse<Schema extends z.ZodType>(schema: Schema): z.output<Schema> | undefined {
    if (this.content === undefined) return undefined;
    const parsed = schema.safeParse(this.content);
    if (!parsed.success) throw new StateFileInvalidError(this.path, { cause: parsed.error });
    return parsed.data;
  }
}

/** The content of a state file that holds these fields. */
export function stateFileContent(fields: object): string {
  return JSON.stringify({ version: VERSION, ...fields });
}

/** Schema of a saved record. Checks only `fields`, without which the emulator cannot use the record. */
export function savedRecord<T>(fields: Partial<Record<keyof T, z.ZodType>>) {
  const schema = z.looseObject(fields);
  return z.custom<T>((value) => schema.safeParse(value).success, 'lacks required fields');
}
