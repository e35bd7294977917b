import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthorityFile } from './authority-file';

describe('the file of a certificate authority', () => {
  it('is read each time, and keeps its last content while it cannot be read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-authority-'));
    const path = join(directory, 'ca.pem');
    try {
      writeFileSync(path, 'old');
      const authority = new AuthorityFile(path);
      writeFileSync(path, 'new');
      expect(authority.read()).toBe('new');
      unlinkSync(path);
      expect(authority.read()).toBe('new');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
