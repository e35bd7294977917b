import { type BusMember, memberRights, busMembers } from '@gatehouse/contracts';

/** What a secret text was part of. */
export type CanaryKind = 'request' | 'reply' | 'announcement' | 'message';

/** A text that honest services send in a message on a subject, so that a test can see who received it. */
export function canary(kind: CanaryKind, subject: string): string {
  return `canary ${kind} ${subject}`;
}

/** The canaries in a text. */
export function canariesIn(text: string): string[] {
  return [...text.matchAll(/canary (?:request|reply|announcement|message) [\w.-]+/g)].map(([found]) => found);
}

/** The services that may read a canary, because the table of services lets them send or receive its message. */
export function readersOf(text: string): BusMember[] {
  const [, kind, subject = ''] = text.split(' ');
  return busMembers.filter((service) => {
    const { requests = [], announces = [], follows = [], ...others } = memberRights(service);
    const { publishes = [], consumes = [], reads = [], receives = [] } = others;
    if (kind === 'request' || kind === 'reply') {
      return subject.startsWith(`${service}.`) || requests.some((request) => request.subject === subject);
    }
    if (kind === 'announcement') return [...announces, ...follows].some((each) => each.subject === subject);
    const used = [...publishes, ...consumes.map(({ stream }) => stream), ...reads, ...receives];
    return used.some((stream) => stream.subjects.some((each) => subject.startsWith(each.replace(/[>*].*$/, ''))));
  });
}
