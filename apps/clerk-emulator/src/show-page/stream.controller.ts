import { Controller, type MessageEvent, Sse } from '@nestjs/common';
import { Observable } from 'rxjs';
import { TooManyStreamsError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';

const STREAM_LIMIT = 50;
/** Changes within this time, in ms, are sent to the page as one event. */
const GATHER_MS = 150;
/** Interval of heartbeats, in ms. */
const HEARTBEAT_MS = 15_000;

/** Notifies open pages of changes by server-sent events. The events carry no data: pages reload what they show. */
@Controller('emulator')
export class StreamController {
  private open = 0;

  constructor(private readonly state: EmulatorState) {}

  @Sse('stream')
  stream(): Observable<MessageEvent> {
    if (this.open >= STREAM_LIMIT) throw new TooManyStreamsError();
    return new Observable<MessageEvent>((subscriber) => {
      this.open++;
      let gathering: NodeJS.Timeout | undefined;
      const notify = (): void => {
        gathering = undefined;
        subscriber.next({ type: 'change', data: '{}' });
      };
      const stopListening = this.state.onChange(() => (gathering ??= setTimeout(notify, GATHER_MS)));
      const heartbeat = setInterval(() => subscriber.next({ type: 'heartbeat', data: '{}' }), HEARTBEAT_MS);
      notify();
      return () => {
        this.open--;
        stopListening();
        clearTimeout(gathering);
        clearInterval(heartbeat);
      };
    });
  }
}
