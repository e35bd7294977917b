/** A body that is a file. `name`: of its schema and of its example in the OpenAPI document. */
export interface FileBody {
  readonly name: string;
  readonly description: string;
  readonly example: string;
}

const jsonLines = [
  { externalId: '1001', email: 'ada@example.com', emailVerified: true, firstName: 'Ada', tier: 'pro' },
  { externalId: '1002', email: 'bob@example.com', emailVerified: false, firstName: 'Bob' },
];

/** Bodies that are files, by media type. */
export const fileBodies: Readonly<Partial<Record<string, FileBody>>> = {
  'text/csv': {
    name: 'UsersAsCsv',
    description: 'Users as CSV (RFC 4180) in UTF-8. The first row has the names of the fields.',
    example: [
      'externalId,email,emailVerified,firstName,tier',
      '1001,ada@example.com,true,Ada,pro',
      '1002,bob@example.com,false,Bob,',
      '',
    ].join('\n'),
  },
  'application/x-ndjson': {
    name: 'UsersAsJsonLines',
    description: 'Users as JSON Lines in UTF-8: one object on each line.',
    example: `${jsonLines.map((line) => JSON.stringify(line)).join('\n')}\n`,
  },
};
