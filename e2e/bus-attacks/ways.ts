import { busMembers } from '@gatehouse/contracts';
import { type Attacker } from './attacker';
import { createConsumers, replaceConsumers, settleMessages, stallConsumers } from './consumer-attacks';
import { captureRequests, deleteByEmptyReply, deleteByPull, deliverToHandler } from './known-attacks';
import { commandByHeaders, replyByAttacker, replyByJetStream, replyByServices } from './reply-attacks';
import { changeStreams, destroyStreams, readStreams } from './stream-attacks';
import { targetsOf } from './targets';

/** A way to attack other services. It only sends; whether it did harm is seen from the state and the traffic. */
export type Way = (attacker: Attacker) => void | Promise<void>;

/** Every way to attack, by name. */
export const ways = {
  'capturing requests in a stream': captureRequests,
  'delivering events to a handler of another service': deliverToHandler,
  'deleting streams by the reply to a pull': deleteByPull,
  'deleting streams by an empty reply of a service': deleteByEmptyReply,
  'subscribing to subjects of others': subscribe,
  'publishing on subjects of others': publish,
  'changing streams': (attacker: Attacker) => changeStreams(attacker),
  'reading streams': readStreams,
  'destroying streams': destroyStreams,
  'creating consumers': createConsumers,
  'replacing consumers': replaceConsumers,
  'stalling consumers': stallConsumers,
  'settling messages of others': settleMessages,
  'having JetStream reply to subjects of others': replyByJetStream,
  'having a service reply to subjects of others': replyByServices,
  'replying to itself on subjects of others': replyByAttacker,
  'sending headers that command the server': commandByHeaders,
  'asking about streams, accounts and servers': inspect,
  'claiming to be of another account': claimAccount,
} satisfies Record<string, Way>;

/** Name of a way to attack. */
export type WayName = keyof typeof ways;

function subscribe(attacker: Attacker): void {
  const { requests, announcements, stored, inboxes, feeds } = targetsOf(attacker);
  const owners = busMembers.filter((name) => name !== attacker.service);
  const wide = [
    '>',
    '*.>',
    '_INBOX.>',
    '_R_.>',
    '$JS.>',
    '$JS.ACK.>',
    '$JS.API.>',
    '$JS.FC.>',
    '$SYS.>',
    '$SRV.>',
    'feed.>',
  ];
  const perService = owners.flatMap((name) => [`_INBOX.${name}.>`, `_INBOX.${name}.*.*`, `${name}.>`, `*.${name}.>`]);
  const exact = [...requests, ...announcements, ...stored, ...inboxes, ...feeds];
  for (const subject of [...wide, ...perService, ...exact]) {
    attacker.subscribe(subject);
    // Replicas of the owner subscribe in this queue group, in which each message has one receiver.
    attacker.subscribe(subject, subject.split('.')[0]);
  }
}

function publish(attacker: Attacker): void {
  const { requests, announcements, stored, inboxes, feeds } = targetsOf(attacker);
  for (const subject of [...requests, ...stored]) attacker.ask(subject, '{}');
  for (const subject of [...announcements, ...inboxes, ...feeds, '_R_.forged.reply']) attacker.publish(subject, '{}');
}

function inspect(attacker: Attacker): void {
  const { streams, consumers } = targetsOf(attacker);
  for (const call of ['INFO', 'STREAM.NAMES', 'STREAM.LIST', 'STREAM.TEMPLATE.NAMES']) attacker.call(call);
  for (const { name } of streams) {
    attacker.call(`STREAM.INFO.${name}`, { subjects_filter: '>' });
    attacker.call(`CONSUMER.NAMES.${name}`);
    attacker.call(`CONSUMER.LIST.${name}`);
  }
  for (const { stream, durable } of consumers) attacker.call(`CONSUMER.INFO.${stream.name}.${durable}`);
  for (const account of ['PING', ...attacker.bus.layout.accounts.map(({ name }) => name)]) {
    for (const what of ['CONNZ', 'SUBSZ', 'JSZ', 'INFO', 'STATZ']) attacker.ask(`$SYS.REQ.ACCOUNT.${account}.${what}`);
  }
  for (const what of ['', '.CONNZ', '.SUBSZ', '.JSZ', '.ACCOUNTZ', '.VARZ', '.STATZ']) {
    attacker.ask(`$SYS.REQ.SERVER.PING${what}`);
  }
  for (const subject of ['$SYS.REQ.USER.INFO', '$SRV.PING', '$SRV.INFO', '$SRV.STATS']) attacker.ask(subject);
  attacker.ask('$SYS.DEBUG.SUBSCRIBERS', '>');
}

function claimAccount(attacker: Attacker): void {
  changeStreams(attacker, true);
  for (const { name } of targetsOf(attacker).streams) {
    attacker.call(`STREAM.INFO.${name}`, undefined, true);
    attacker.call(`STREAM.MSG.GET.${name}`, { seq: 1 }, true);
    attacker.call(`STREAM.DELETE.${name}`, undefined, true);
  }
  for (const call of ['INFO', 'STREAM.NAMES', 'STREAM.LIST']) attacker.call(call, undefined, true);
}
