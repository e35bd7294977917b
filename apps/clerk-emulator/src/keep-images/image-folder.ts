import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { type EmulatorConfig } from '../config';
import { replaceFile } from '../persist-state/replace-file';
import { CONFIG } from '../tokens';
import { imageTypeOf, type StoredImage } from './image';

/** Names of images, and of drafts that a crash has left. */
const NAME = /^img_[0-9A-Za-z]+(?:\.tmp)?$/;

/**
 * The folder `<STATE_FILE>.images`, which keeps each image in a file between runs. It changes one file at a time, in the
 * order of the calls, and logs what fails. Without STATE_FILE, there is no folder and nothing is kept.
 */
@Injectable()
export class ImageFolder implements OnApplicationShutdown {
  private readonly path: string | undefined;
  private changing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) { stateFile }: EmulatorConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.path = stateFile === undefined ? undefined : `${stateFile}.images`;
  }

  onApplicationShutdown(): Promise<void> {
    return this.changing;
  }

  /** The images that were uploaded last, oldest first; none when they cannot be read. @param limit of their bytes together */
  async read(limit: number): Promise<StoredImage[]> {
    if (this.path === undefined) return [];
    try {
      return await newestOf(this.path, limit);
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') this.logger.error({ err }, 'images not read');
      return [];
    }
  }

  write({ id, bytes }: StoredImage): void {
    this.change((path) => replaceFile(join(path, id), bytes));
  }

  remove(id: string): void {
    this.change((path) => rm(join(path, id), { force: true }));
  }

  clear(): void {
    this.change((path) => rm(path, { recursive: true, force: true }));
  }

  private change(act: (path: string) => Promise<void>): void {
    const { path } = this;
    if (path === undefined) return;
    this.changing = this.changing
      .then(() => act(path))
      .catch((err: unknown) => this.logger.error({ err }, 'image not saved'));
  }
}

/**
 * Returns the images that were uploaded last, oldest first. Removes the others, and drafts that a crash has left: nothing
 * else would.
 */
async function newestOf(path: string, limit: number): Promise<StoredImage[]> {
  const names = (await readdir(path)).filter((name) => NAME.test(name)).sort();
  const images: StoredImage[] = [];
  let left = limit;
  for (const id of names.reverse()) {
    const file = join(path, id);
    const isDraft = id.endsWith('.tmp');
    if (!isDraft) left -= (await stat(file)).size;
    const bytes = isDraft || left < 0 ? undefined : await readFile(file);
    const type = bytes && imageTypeOf(bytes);
    if (bytes && type) images.push({ id, type, bytes });
    else await rm(file, { force: true });
  }
  return images.reverse();
}
