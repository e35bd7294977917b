import { Injectable } from '@nestjs/common';

/** The stores call `mark` after every change; whoever saves or shows the state listens. */
@Injectable()
export class ChangeSignal {
  private readonly listeners = new Set<() => void>();

  mark(): void {
    for (const listener of this.listeners) listener();
  }

  /** @returns stops the calls */
  onMark(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
