import { type NatsAccount, type NatsExport, type NatsImport, type NatsSubjects, type NatsUser } from './nats-accounts';

/** The section `accounts { … }` of nats-server's configuration. It contains the passwords that are given as text. */
export function natsAccountsText(accounts: readonly NatsAccount[]): string {
  return `accounts {\n${accounts.map(accountText).join('')}}\n`;
}

function accountText({ name, jetStream, users, exports, imports }: NatsAccount): string {
  return [
    `  ${name}: {\n`,
    ...(jetStream ? ['    jetstream: enabled\n'] : []),
    list('users', users.map(userText)),
    ...(exports.length > 0 ? [list('exports', exports.map(exportText))] : []),
    ...(imports.length > 0 ? [list('imports', imports.map(importText))] : []),
    '  }\n',
  ].join('');
}

// nats-server needs commas only between several imports or exports on one line. They are always written, so that the
// text does not depend on its line breaks.
function list(name: string, items: readonly string[]): string {
  return `    ${name}: [\n${items.map((item) => `      ${item},\n`).join('')}    ]\n`;
}

function exportText({ kind, subject, manyReplies, accounts }: NatsExport): string {
  const responses = manyReplies ? ', response_type: stream' : '';
  return `{ ${kind}: ${natsQuoted(subject)}${responses}, accounts: [${accounts.join(', ')}] }`;
}

function importText({ kind, account, subject, to }: NatsImport): string {
  const renamed = to === undefined ? '' : `, to: ${natsQuoted(to)}`;
  return `{ ${kind}: { account: ${account}, subject: ${natsQuoted(subject)} }${renamed} }`;
}

/** A user, as an element of a list of users in nats-server's configuration. */
function userText({ user, password, permissions }: NatsUser): string {
  const secret = typeof password === 'string' ? natsQuoted(password) : `$${password.variable}`;
  const parts = [`user: ${natsQuoted(user)}`, `password: ${secret}`];
  if (permissions !== undefined) {
    const rules = [
      `publish: ${subjectsText(permissions.publish)}`,
      `subscribe: ${subjectsText(permissions.subscribe)}`,
      ...(permissions.allowResponses ? ['allow_responses: true'] : []),
    ];
    parts.push(`permissions: { ${rules.join(', ')} }`);
  }
  return `{ ${parts.join(', ')} }`;
}

function subjectsText({ allow }: NatsSubjects): string {
  // nats-server would read an empty list as "everything".
  return allow.length === 0 ? '{ deny: [">"] }' : `{ allow: [${allow.map(natsQuoted).join(', ')}] }`;
}

/** Quotes a text, so that `$JS` is not read as a variable. nats-server has JSON's escapes for `"` and `\`. */
export function natsQuoted(text: string): string {
  return JSON.stringify(text);
}
