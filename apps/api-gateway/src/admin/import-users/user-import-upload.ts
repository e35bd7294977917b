import {
  type UserImport,
  type UserImportFormat,
  appendToUserImport,
  beginUserImport,
  finishUserImport,
  userImportLimits,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';
import { type Caller } from '../../caller/caller';
import { UploadTooLargeError } from '../../errors';
import { type StreamedBody, type StreamedType } from '../../uploads/streamed-body';
import { partsOf } from './upload-parts';

const formats: Readonly<Record<StreamedType, UserImportFormat>> = {
  'text/csv': 'csv',
  'application/x-ndjson': 'jsonl',
};

/** Place of a body in the file, and whether the file ends with it. */
export interface BodyPlace {
  readonly offset: number;
  readonly complete: boolean;
}

/** Sends uploaded files to user-sync, one part after the other, as they arrive. */
@Injectable()
export class UserImportUpload {
  constructor(private readonly services: RequestClient) {}

  /**
   * Begins an import, and appends a body to its file. Returns the import afterwards.
   * @throws UploadTooLargeError before anything is read when the client announces too many bytes
   */
  async begin(body: StreamedBody, complete: boolean, caller: Caller): Promise<UserImport> {
    requireRoom(body.length ?? 0);
    const { id } = await this.services.send(beginUserImport, { format: formats[body.type] }, caller);
    return this.append(id, body, { offset: 0, complete }, caller);
  }

  /**
   * Appends a body to the file of an import. Returns the import afterwards. If the body breaks off, the import keeps what
   * has arrived.
   * @throws UploadTooLargeError when the file is larger than 128 MiB
   * @throws UploadBrokenOffError when the client is gone
   * @throws RequestRefusedError of user-sync, for example when the offset is wrong
   */
  async append(id: string, body: StreamedBody, { offset, complete }: BodyPlace, caller: Caller): Promise<UserImport> {
    requireRoom(offset + (body.length ?? 0));
    const format = formats[body.type];
    let at = offset;
    const send = (part: Buffer) => {
      const request = { id, format, offset: at, content: part.toString('base64') };
      return this.services.send(appendToUserImport, request, caller);
    };
    let last: UserImport | undefined;
    for await (const part of partsOf(body.bytes, userImportLimits.chunkBytes)) {
      requireRoom(at + part.length);
      last = await send(part);
      at += part.length;
    }
    if (complete) return this.services.send(finishUserImport, { id, bytes: at }, caller);
    // An empty body also learns whether its offset is right.
    return last ?? send(Buffer.alloc(0));
  }
}

/** @throws UploadTooLargeError when a file of so many bytes is too large */
function requireRoom(bytes: number): void {
  if (bytes > userImportLimits.bytes) throw new UploadTooLargeError(userImportLimits.bytes / 2 ** 20);
}
