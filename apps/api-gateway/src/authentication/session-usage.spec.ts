import { maxSessionUses } from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type GateRequest } from '../caller/gate-request';
import { SessionUsage } from './session-usage';

const log = createLogger({ service: 'test', level: 'silent' });

function requestFrom(ip: string, userAgent?: string): Pick<GateRequest, 'ip' | 'headers'> {
  return { ip, headers: { ...(userAgent !== undefined && { 'user-agent': userAgent }) } };
}

function usageOf(sent: { uses: object[] }[]): SessionUsage {
  const send = async (_contract: unknown, request: { uses: object[] }) => void sent.push(request);
  return new SessionUsage({ send } as unknown as RequestClient, log);
}

describe('SessionUsage', () => {
  it('reports the last use of each session, with what the client sent shortened to what fits', async () => {
    const sent: { uses: object[] }[] = [];
    const usage = usageOf(sent);
    usage.noteRequest('a', requestFrom('192.0.2.1', 'first'), 1);
    usage.noteRequest('a', requestFrom('192.0.2.2', 'x'.repeat(600)), 2);
    usage.noteRequest('b', requestFrom('not an address'), 3);
    await usage.end();
    expect(sent).toEqual([
      {
        uses: [
          { sessionId: 'a', at: 2, ip: '192.0.2.2', userAgent: 'x'.repeat(512) },
          { sessionId: 'b', at: 3 },
        ],
      },
    ]);
  });

  it('splits reports, so that each fits into a message', async () => {
    const sent: { uses: object[] }[] = [];
    const usage = usageOf(sent);
    for (let n = 0; n <= maxSessionUses; n += 1) usage.noteRequest(String(n), requestFrom('192.0.2.1'), n);
    await usage.report();
    expect(sent.map(({ uses }) => uses.length)).toEqual([maxSessionUses, 1]);
  });
});
