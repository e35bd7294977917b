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
import * as upstreamErrors from '../upstream-errors';
import { errorResponse, statusResponse } from './error-response';
import { problemStatuses } from './problem-codes';

type CodeAndStatus = readonly [code: string, status: number];

/** Every code and status that an error response can have. */
function implemented(): CodeAndStatus[] {
  const own = [...Object.values(errors), ...Object.values(upstreamErrors)]
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
  const responses = causes.map((cause) => errorResponse(cause));
  for (let status = 400; status < 600; status++) responses.push(statusResponse(status));
  const rows = responses
    .map(({ code, status }) => `${code} ${status}`)
    .filter((row) => !/^bad_request (?!400)/.test(row));
  return [...new Set(rows)].map((row) => [row.split(' ')[0] ?? '', Number(row.split(' ')[1])] as const);
}

/** Every code and status in the table of the document. */
function documented(): CodeAndStatus[] {
  const text = readFileSync(join(__dirname, '../../../../docs/reference/errors.md'), 'utf8');
  return [...text.matchAll(/^\| `([a-z_]+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => [
    code ?? '',
    Number(status),
  ]);
}

const sorted = (rows: CodeAndStatus[]) => rows.map(([code, status]) => `${status} ${code}`).sort();

it('the OpenAPI document has every code of error responses, with its status', () => {
  expect(sorted(Object.entries(problemStatuses))).toEqual(sorted(implemented()));
});

it('docs/reference/errors.md lists every code of error responses exactly once, with its status', () => {
  expect(sorted(documented())).toEqual(sorted(implemented()));
});
