import { Controller, type MessageEvent, Sse } from '@nestjs/common';
import { Observable } from 'rxjs';
import { ChangeSignal } from '../persist-state/change-signal';
import { TooManyStreamsError } from './errors';

const STREAM_LIMIT = 50;
/** A burst of changes is told as one after this long, in ms. */
const GATHER_MS = 150;
/** Says that the connection lives, in ms. */
const HEARTBEAT_MS = 15_000;

/** Tells pages that something changed, by server-sent events; what changed, they ask for themselves. */
@Controller('emulator')
export class StreamController {
  private open = 0;

  constructor(private readonly changes: ChangeSignal) {}

  @Sse('stream')
  stream(): Observable<MessageEvent> {
    if (this.open >= STREAM_LIMIT) throw new TooManyStreamsError();
    return new Observable<MessageEvent>((subscriber) => {
      this.open++;
      let gathering: NodeJS.Timeout | undefined;
      const tell = (): void => {
        gathering = undefined;
        subscriber.next({ type: 'change', data: '{}' });
      };
      const stopListening = this.changes.onMark(() => (gathering ??= setTimeout(tell, GATHER_MS)));
      const heartbeat = setInterval(() => subscriber.next({ type: 'heartbeat', data: '{}' }), HEARTBEAT_MS);
      tell();
      return () => {
        this.open--;
        stopListening();
        clearTimeout(gathering);
        clearInterval(heartbeat);
      };
    });
  }
}
