import { Injectable } from '@nestjs/common';
import { type z } from 'zod';
import { type SavedState } from './saved-state';

/** The part of the emulator's state that one store holds. */
interface StatePart<Schema extends z.ZodObject> {
  /** Empties the part. A part without `reset` survives a reset. */
  readonly reset?: () => void;
  /** The part's fields in the state file. A part without `saved` is not saved. */
  readonly saved?: {
    readonly schema: Schema;
    readonly save: () => z.output<Schema>;
    /** Absent for a store that gets its saved fields through its constructor. */
    readonly restore?: (fields: z.output<Schema>) => void;
  };
}

interface SavedPart {
  readonly save: () => object;
  /** Checks the part's fields and returns the function that restores them. */
  readonly read: (saved: SavedState) => () => void;
}

/**
 * The state of the emulator. Each store registers its part, so that the code that saves and resets need not know the
 * stores.
 */
@Injectable()
export class EmulatorState {
  private readonly savedParts: SavedPart[] = [];
  private readonly resets: (() => void)[] = [];
  private readonly listeners = new Set<() => void>();

  register<Schema extends z.ZodObject>({ reset, saved }: StatePart<Schema>): void {
    if (reset) this.resets.push(reset);
    if (!saved) return;
    this.savedParts.push({
      save: saved.save,
      read: (file) => {
        const fields = file.parse(saved.schema);
        return () => fields && saved.restore?.(fields);
      },
    });
  }

  /** Notifies the listeners. A store calls this after every change that is saved or shown on the page. */
  markChanged(): void {
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` after every change. @returns a function that removes the listener */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  reset(): void {
    for (const reset of this.resets) reset();
  }

  /** The fields of every saved part. */
  snapshot(): object {
    return Object.assign({}, ...this.savedParts.map((part) => part.save())) as object;
  }

  /** Restores every part, or none when a field is invalid. @throws StateFileInvalidError */
  restore(saved: SavedState): void {
    const restorers = this.savedParts.map((part) => part.read(saved));
    for (const restore of restorers) restore();
  }
}
