import { createRequire as createJestRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import * as common from '@nestjs/common';
import { DatabaseError } from 'pg';
import { testVariables } from '../test-environment';

const { createRequire } = process.getBuiltinModule('node:module');
const requireByNode = createRequire(__filename);

describe('a test file', () => {
  it('uses the packages that Node has loaded', () => {
    expect(common.Module).toBe(requireByNode('@nestjs/common').Module);
    expect(DatabaseError).toBe(requireByNode('pg').DatabaseError);
  });

  it('has the classes of Node, of which packages create instances', () => {
    expect(runInThisContext('[Error, Date, Promise, Uint8Array]')).toEqual([Error, Date, Promise, Uint8Array]);
  });

  it('gets our own files from Jest', () => {
    const { testVariables: same } = createJestRequire(__filename)('../test-environment') as {
      testVariables: typeof testVariables;
    };
    expect(same).toBe(testVariables);
    expect(Object.keys(requireByNode.cache).filter((file) => file.includes('test-environment'))).toEqual([]);
  });
});
