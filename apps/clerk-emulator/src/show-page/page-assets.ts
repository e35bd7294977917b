import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Injectable } from '@nestjs/common';

/** One file of the page. */
interface PageAsset {
  readonly type: string;
  readonly bytes: Buffer;
  /** In double quotes. */
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page's files, read once at start. The build copies them beside this file. */
@Injectable()
export class PageAssets {
  private readonly assets = new Map<string, PageAsset>();

  constructor() {
    const folder = join(__dirname, 'assets');
    for (const name of readdirSync(folder)) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const bytes = readFileSync(join(folder, name));
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      this.assets.set(name, { type, bytes, etag });
    }
  }

  find(name: string): PageAsset | undefined {
    return this.assets.get(name);
  }
}
