import { type Position } from './supersedes';

/** The last message of a subject. */
export interface KnownMessage extends Position {
  readonly sequence: number;
  readonly deleted: boolean;
}

const MAX_ENTRIES = 50_000;

/** The last messages of subjects, as this process has seen them. Forgets the ones that were used least recently. */
export class KnownMessages {
  private readonly byKey = new Map<string, KnownMessage>();

  constructor(private readonly maxEntries = MAX_ENTRIES) {}

  get(key: string): KnownMessage | undefined {
    const known = this.byKey.get(key);
    if (known !== undefined) this.set(key, known);
    return known;
  }

  set(key: string, message: KnownMessage): void {
    this.byKey.delete(key);
    this.byKey.set(key, message);
    if (this.byKey.size <= this.maxEntries) return;
    const [oldest] = this.byKey.keys();
    if (oldest !== undefined) this.byKey.delete(oldest);
  }

  forget(key: string): void {
    this.byKey.delete(key);
  }

  clear(): void {
    this.byKey.clear();
  }
}
