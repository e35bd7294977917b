import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatehouseError, type Schemas } from '@gatehouse/client';
import { UsageError } from '../errors';
import { Progress } from '../output/progress';
import { type Session } from '../session';

type UserImport = Schemas['UserImport'];
type File = Awaited<ReturnType<typeof open>>;

/** Media types by the ending of a file. */
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
};
/** Bytes of a request: also a slow line sends them within the time that the gateway gives a request. */
const PART = 1_048_576;
/** Times that an upload continues after it broke off. */
const MOST_BREAKS = 5;
const PAUSE_MS = 1_000;

/**
 * Uploads a file of users, part by part with progress, and continues where it broke off.
 * @param id an upload to continue; without one, a new import begins
 * @returns the import, queued for planning
 * @throws UsageError, GatehouseError
 */
export async function uploadFile(session: Session, path: string, id: string | undefined): Promise<UserImport> {
  const type = TYPES[path.split('.').pop()?.toLowerCase() ?? ''];
  if (type === undefined) throw new UsageError(`<file> must end with .${Object.keys(TYPES).join(', .')}.`);
  const file = await opened(path);
  try {
    const { size } = await file.stat();
    if (size === 0) throw new UsageError('<file> is empty.');
    const begun = id === undefined ? undefined : await show(session, id);
    return await new Upload(session, file, size, type).finish(begun);
  } finally {
    await file.close();
  }
}

class Upload {
  private readonly progress: Progress;
  private readonly from = performance.now();
  private sent = 0;

  constructor(
    private readonly session: Session,
    private readonly file: File,
    private readonly size: number,
    private readonly type: string,
  ) {
    this.progress = new Progress(session.io, 'upload', session.output.json);
  }

  async finish(begun: UserImport | undefined): Promise<UserImport> {
    try {
      return await this.sendAll(begun);
    } finally {
      // Otherwise an error would follow the bar on its line.
      this.progress.end();
    }
  }

  private async sendAll(begun: UserImport | undefined): Promise<UserImport> {
    let last = begun;
    let breaks = 0;
    while (last === undefined || last.state === 'uploading') {
      this.report(last?.bytes ?? 0);
      try {
        const sent = await this.send(last);
        if (last === undefined && sent.state === 'uploading') this.tell(sent.id);
        last = sent;
      } catch (error) {
        if (!canContinue(error, last) || breaks === MOST_BREAKS) throw error;
        breaks += 1;
        await sleep(PAUSE_MS * breaks, undefined, { signal: this.session.io.signal });
        // A part of what was sent may have arrived.
        if (last !== undefined) last = await show(this.session, last.id);
      }
    }
    return last;
  }

  /** Sends the next part, or an empty one that says that the file is complete. */
  private async send(last: UserImport | undefined): Promise<UserImport> {
    const { gatehouse, io } = this.session;
    const offset = last?.bytes ?? 0;
    const { buffer, bytesRead } = await this.file.read(Buffer.alloc(PART), 0, PART, offset);
    if (offset > this.size) {
      throw new UsageError(
        `<file> has ${this.size} bytes, but ${offset} have arrived: continue with the file that the upload began with.`,
      );
    }
    if (bytesRead === 0 && offset < this.size) throw new UsageError('<file> was shortened while it was sent.');
    const isLast = offset + bytesRead >= this.size;
    // Not by the typed calls, which send texts: a part can end within a character.
    const response = await gatehouse.fetch(`/admin/users/import${last === undefined ? '' : `/${last.id}`}`, {
      method: last === undefined ? 'POST' : 'PATCH',
      headers: {
        'content-type': this.type,
        'upload-complete': isLast ? '?1' : '?0',
        ...(last !== undefined && { 'upload-offset': String(offset) }),
      },
      body: buffer.subarray(0, bytesRead),
      signal: io.signal,
    });
    const data = await bodyOf(response);
    this.sent += bytesRead;
    return data;
  }

  private report(done: number): void {
    const perSecond = (this.sent / (performance.now() - this.from)) * 1_000;
    this.progress.show({ done, total: this.size, perSecond: this.sent === 0 ? null : perSecond });
  }

  private tell(id: string): void {
    this.progress.end();
    this.session.output.note(`Import ${id}. If the upload ends early: gatehouse users import FILE --continue ${id}`);
  }
}

/** The import in a response. @throws GatehouseError when the response is a problem, or none of the gateway */
async function bodyOf(response: Response): Promise<UserImport> {
  const { ok, status, headers } = response;
  const body = (await response.json().catch(() => ({}))) as UserImport | Partial<Schemas['Problem']>;
  if (ok && 'state' in body) return body;
  const { code = 'response_invalid', detail, errors: fields } = body as Partial<Schemas['Problem']>;
  throw new GatehouseError({ code, status, detail, fields, requestId: headers.get('x-request-id') ?? undefined });
}

/**
 * Whether an upload may go on after an error: there was no response, a service was unavailable, or more has arrived than
 * was known, because a request that broke off was still being stored.
 */
function canContinue(error: unknown, begun: UserImport | undefined): boolean {
  if (!(error instanceof GatehouseError)) return false;
  const { status } = error;
  return status === undefined || status >= 500 || (status === 409 && begun !== undefined);
}

async function show({ gatehouse, io }: Session, id: string): Promise<UserImport> {
  return (await gatehouse.GET('/admin/users/import/{id}', { params: { path: { id } }, signal: io.signal })).data;
}

async function opened(path: string): Promise<File> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new UsageError(`<file> cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
