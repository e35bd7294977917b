import { memberRights } from '@gatehouse/contracts';
import { type Attacker } from './attacker';
import { requestsTo, sampleSubject } from './stand-in';
import { replySubjects } from './targets';

/** Sends JetStream everything that the service may send, with reply subjects of others. */
export async function replyByJetStream(attacker: Attacker): Promise<void> {
  for (const [subject, body] of callsWithoutEffect(attacker)) {
    for (const reply of replySubjects(attacker)) attacker.publish(subject, body, reply);
    // The reply to a pull is empty only while the consumer is.
    await attacker.drain();
  }
}

/** Sends each service a request, with reply subjects of others. The stand-ins answer an empty request by an empty reply. */
export function replyByServices(attacker: Attacker): void {
  const { bus, rights } = attacker;
  for (const service of bus.standIns.keys()) {
    const [subject] = requestsTo(service).filter((each) => rights.sends.includes(each));
    if (subject === undefined) continue;
    for (const reply of replySubjects(attacker)) {
      for (const body of ['{}', '']) attacker.publish(subject, body, reply);
    }
  }
}

/** Sends itself empty requests with reply subjects of others, and answers them: a responder may publish there. */
export function replyByAttacker(attacker: Attacker): void {
  const { service, rights, inbox } = attacker;
  attacker.subscribe(`${service}.>`);
  for (const subject of [...requestsTo(service), ...rights.sends, `${service}.any`, `${inbox}.any`]) {
    for (const reply of replySubjects(attacker)) attacker.publish(subject, '', reply);
  }
}

/** Sends everything that the service may send, with headers that make nats-server or JetStream act. */
export function commandByHeaders(attacker: Attacker): void {
  const carriers = [
    ...callsWithoutEffect(attacker),
    ...attacker.rights.sends.map((subject): [string, string] => [subject, '']),
  ];
  const everywhere = replySubjects(attacker);
  const commands: Record<string, string>[] = [
    ...everywhere.map((subject) => ({ 'Nats-Trace-Dest': subject })),
    ...everywhere.map((subject) => ({ 'Nats-Trace-Dest': subject, 'Nats-Trace-Only': 'true' })),
    ...everywhere.map((subject) => ({ 'Nats-Schedule': '@at 2026-01-01T00:00:00Z', 'Nats-Schedule-Target': subject })),
    ...['all', 'sub'].map((value) => ({ 'Nats-Rollup': value })),
    { 'Nats-TTL': '1s' },
    { 'Nats-Batch-Id': 'stolen', 'Nats-Batch-Sequence': '1', 'Nats-Batch-Commit': '1' },
  ];
  for (const [subject, body] of carriers.slice(0, 8)) {
    for (const headers of commands) attacker.publish(subject, body, `${attacker.inbox}.any`, headers);
  }
}

/** Messages that the service may send and that JetStream answers. They change nothing by themselves. */
function callsWithoutEffect({ service, rights, apiPrefix }: Attacker): [subject: string, body: string][] {
  const bodyOf = (call: string): string => {
    if (call.startsWith('CONSUMER.MSG.NEXT.')) return JSON.stringify({ batch: 1, no_wait: true });
    // The reply contains a message that another service has published.
    if (call.startsWith('STREAM.MSG.GET.')) return JSON.stringify({ seq: 1 });
    // Not JSON, so that the call fails: nothing is purged, and the reply is sent.
    return call.includes('.INFO.') ? '' : '{';
  };
  return [
    ...rights.calls.map((call): [string, string] => [`${apiPrefix}.${call}`, bodyOf(call)]),
    ...(memberRights(service).publishes ?? []).map((stream): [string, string] => [sampleSubject(stream), '']),
  ];
}
