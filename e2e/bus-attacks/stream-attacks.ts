import { type Attacker } from './attacker';
import { targetsOf } from './targets';

/** Tries to make a stream take subjects of others, copy another stream, or send its messages elsewhere. */
export function changeStreams(attacker: Attacker, claimsAccount = false): void {
  const { streams, requests, announcements, inboxes } = targetsOf(attacker);
  const requestsOfOthers = new Set(requests.map((subject) => `${subject.split('.')[0]}.>`));
  const uncovered = announcements.filter((subject) => !requestsOfOthers.has(`${subject.split('.')[0]}.>`));
  const inboxesOfOthers = inboxes.map((inbox) => inbox.replace(/\.\w+$/, '.>'));
  for (const { name, subjects } of streams) {
    const configs = [
      { name, subjects, republish: { src: '>', dest: `${attacker.inbox}.copy.>` } },
      ...[...requests.slice(0, 1), ...inboxes].map((dest) => ({ name, subjects, republish: { src: '>', dest } })),
      { name, subjects: [...subjects, '_R_.>'], no_ack: true },
      { name, subjects: ['>'], no_ack: true },
      // Last, so that this configuration is in force while the others work.
      { name, subjects: [...subjects, ...requestsOfOthers, ...uncovered, ...inboxesOfOthers], no_ack: true },
    ];
    for (const config of configs) {
      for (const call of ['UPDATE', 'CREATE']) attacker.call(`STREAM.${call}.${name}`, config, claimsAccount);
    }
    const external = { api: '$JS.streams.API', deliver: 'copy' };
    for (const config of [
      { subjects: [...requestsOfOthers] },
      { mirror: { name } },
      { sources: [{ name }] },
      { sources: [{ name, external }] },
    ]) {
      attacker.call('STREAM.CREATE.STOLEN', { name: 'STOLEN', ...config }, claimsAccount);
    }
  }
}

/** Tries to read messages out of streams. */
export function readStreams(attacker: Attacker): void {
  const { streams, consumers } = targetsOf(attacker);
  for (const { name, subjects } of streams) {
    const [subject = ''] = subjects;
    for (const query of [{ seq: 1 }, { seq: 2 }, { last_by_subj: subject }, { seq: 1, next_by_subj: subject }]) {
      attacker.call(`STREAM.MSG.GET.${name}`, query);
      attacker.call(`DIRECT.GET.${name}`, query);
    }
    attacker.call(`DIRECT.GET.${name}`, { seq: 1, batch: 100 });
    attacker.call(`DIRECT.GET.${name}`, { multi_last: [subject] });
    attacker.call(`DIRECT.GET.${name}.${subject.replace('>', 'sample')}`);
    attacker.call(`STREAM.SNAPSHOT.${name}`, { deliver_subject: `${attacker.inbox}.snapshot` });
  }
  for (const { stream, durable } of consumers) {
    attacker.call(`CONSUMER.MSG.NEXT.${stream.name}.${durable}`, { batch: 10, expires: 60_000_000_000 });
    attacker.call(`CONSUMER.MSG.NEXT.${stream.name}.${durable}`, { batch: 10, no_wait: true });
  }
}

/** Tries to delete messages and streams. */
export function destroyStreams(attacker: Attacker): void {
  for (const { name } of targetsOf(attacker).streams) {
    attacker.call(`STREAM.MSG.DELETE.${name}`, { seq: 1, no_erase: true });
    attacker.call(`STREAM.PURGE.${name}`);
    attacker.call(`STREAM.PURGE.${name}`, { keep: 0 });
    attacker.call(`STREAM.DELETE.${name}`);
    attacker.call(`STREAM.RESTORE.${name}`, { config: { name }, state: {} });
    attacker.call(`STREAM.LEADER.STEPDOWN.${name}`);
    attacker.call(`STREAM.PEER.REMOVE.${name}`, { peer: 'gatehouse-local' });
  }
  for (const { name } of attacker.bus.layout.accounts) attacker.call(`ACCOUNT.PURGE.${name}`);
  attacker.call('SERVER.REMOVE', { peer: 'gatehouse-local' });
  attacker.call('META.LEADER.STEPDOWN');
}
