import { Injectable } from '@nestjs/common';

/** The stores call `mark` after every change; whoever saves the state listens. */
@Injectable()
export class ChangeSignal {
  private listener: (() => void) | undefined;

  mark(): void {
    this.listener?.();
  }

  onMark(listener: () => void): void {
    this.listener = listener;
  }
}
