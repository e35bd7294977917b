import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CredentialRefusedError,
  CredentialRequestError,
  type JsonFault,
  KeysUnavailableError,
  credentialFaults,
  credentialRequestFaults,
} from '@gatehouse/auth';
import { requestErrorCodes } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import * as errors from '../errors';
import { answerTo, answerWithStatus } from './answer';

type Told = readonly [code: string, status: number];

/** Every code that a problem can carry, with its status, as the code makes them. */
function answered(): Told[] {
  const own = Object.values(errors)
    .filter((kind) => typeof kind === 'function')
    .map((kind) => Reflect.construct(kind, []) as Error & { code: string })
    .filter(({ code }) => code === code.toLowerCase());
  const causes: unknown[] = [
    ...Object.keys(credentialFaults).map((code) => new CredentialRefusedError(code as keyof typeof credentialFaults)),
    ...Object.keys(credentialRequestFaults).map(
      (code) => new CredentialRequestError(code as keyof typeof credentialRequestFaults),
    ),
    ...requestErrorCodes.map((code) => new RequestRefusedError(code, '')),
    new KeysUnavailableError(),
    ...Object.keys(errors.jsonFaults).map((fault) => new errors.JsonInvalidError(fault as JsonFault)),
    ...own,
  ];
  const answers = causes.map((cause) => answerTo(cause));
  for (let status = 400; status < 600; status++) answers.push(answerWithStatus(status));
  const told = answers
    .map(({ code, status }) => `${code} ${status}`)
    .filter((row) => !/^bad_request (?!400)/.test(row));
  return [...new Set(told)].map((row) => [row.split(' ')[0] ?? '', Number(row.split(' ')[1])] as const);
}

/** The same as the document tells them to those who write clients. */
function documented(): Told[] {
  const text = readFileSync(join(__dirname, '../../../../docs/reference/errors.md'), 'utf8');
  return [...text.matchAll(/^\| `([a-z_]+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => [
    code ?? '',
    Number(status),
  ]);
}

it('docs/reference/errors.md tells every code that an error can have, each once, with its status', () => {
  const sorted = (told: Told[]) => told.map(([code, status]) => `${status} ${code}`).sort();
  expect(sorted(documented())).toEqual(sorted(answered()));
});
