import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const compress = promisify(gzip);

/** A file of the built console. */
export class ConsoleFile {
  private compressed: Promise<Buffer> | undefined;

  constructor(
    readonly content: Buffer,
    readonly type: string,
  ) {}

  /** The content in gzip, compressed at the first call. */
  gzipped(): Promise<Buffer> {
    this.compressed ??= compress(this.content);
    return this.compressed;
  }
}

/** The built console, held in memory: a page and assets whose names contain a hash of their content. */
export class ConsoleFiles {
  private constructor(
    /** undefined if the console was not built. */
    readonly page: ConsoleFile | undefined,
    private readonly assets: ReadonlyMap<string, ConsoleFile>,
  ) {}

  /** Reads `index.html` and the folder `assets` of a folder. */
  static read(folder: string): ConsoleFiles {
    const assets = join(folder, 'assets');
    const names = existsSync(assets) ? readdirSync(assets) : [];
    return new ConsoleFiles(
      readFile(join(folder, 'index.html')),
      new Map(
        names.flatMap((name) => {
          const file = readFile(join(assets, name));
          return file === undefined ? [] : [[name, file] as const];
        }),
      ),
    );
  }

  asset(name: string): ConsoleFile | undefined {
    return this.assets.get(name);
  }
}

function readFile(path: string): ConsoleFile | undefined {
  const type = types[extname(path)];
  return type === undefined || !existsSync(path) ? undefined : new ConsoleFile(readFileSync(path), type);
}
