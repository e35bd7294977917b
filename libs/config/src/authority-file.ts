import { readFileSync } from 'node:fs';

/**
 * A PEM file of a certificate authority, which is read at each connection, so that the authority can be rotated. While
 * the file cannot be read, the last content counts.
 */
export class AuthorityFile {
  private content: string;

  /** @throws when the file cannot be read now */
  constructor(private readonly path: string) {
    this.content = readFileSync(path, 'utf8');
  }

  read(): string {
    try {
      this.content = readFileSync(this.path, 'utf8');
    } catch {
      // The file is being replaced, or an operator has removed it.
    }
    return this.content;
  }
}
