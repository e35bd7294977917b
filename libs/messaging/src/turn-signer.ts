import { type EnvelopeRequest, type EnvelopeSigner } from '@gatehouse/contracts';
import { endOfTurn } from './end-of-turn';

interface Turn {
  readonly requests: EnvelopeRequest[];
  readonly envelopes: Promise<readonly string[]>;
}

/** Signs all requests of a turn of the event loop together, at its end. */
export class TurnSigner {
  private turn: Turn | undefined;

  constructor(private readonly signAll: EnvelopeSigner) {}

  /** Returns the envelope of a request. All requests of a turn continue together, and so are sent together. */
  async sign(request: EnvelopeRequest): Promise<string> {
    this.turn ??= this.begin();
    const { requests, envelopes } = this.turn;
    const index = requests.push(request) - 1;
    return (await envelopes)[index] ?? '';
  }

  private begin(): Turn {
    const requests: EnvelopeRequest[] = [];
    const envelopes = endOfTurn().then(() => {
      this.turn = undefined;
      return this.signAll(requests);
    });
    return { requests, envelopes };
  }
}
