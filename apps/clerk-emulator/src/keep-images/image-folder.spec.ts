import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../config';
import { type StoredImage } from './image';
import { ImageFolder } from './image-folder';

const GIF = Buffer.from('474946383961', 'hex');

describe('the folder of images', () => {
  let folder: string;
  let stateFile: string;
  let images: ImageFolder;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clerk-emulator-'));
    stateFile = join(folder, 'state.json');
    images = new ImageFolder({ ...loadConfig({}), stateFile }, pino({ level: 'silent' }));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const image = (id: string): StoredImage => ({ id, type: 'image/gif', bytes: GIF });

  it('returns the newest images within the limit, oldest first, and keeps no other files', async () => {
    for (const id of ['img_1', 'img_2', 'img_3', 'img_4']) images.write(image(id));
    images.remove('img_3');
    await images.onApplicationShutdown();
    await writeFile(join(`${stateFile}.images`, 'img_9'), 'not an image');
    await writeFile(join(`${stateFile}.images`, 'img_5.tmp'), GIF);
    expect(await images.read(24)).toEqual([image('img_2'), image('img_4')]);
    expect((await readdir(`${stateFile}.images`)).sort()).toEqual(['img_2', 'img_4']);
    expect(await images.read(11)).toEqual([image('img_4')]);
    images.clear();
    await images.onApplicationShutdown();
    expect(await readdir(folder)).toEqual([]);
    expect(await images.read(30)).toEqual([]);
  });

  it('goes on without images when it cannot write or read them', async () => {
    await writeFile(`${stateFile}.images`, 'a file');
    images.write(image('img_1'));
    await images.onApplicationShutdown();
    expect(await images.read(30)).toEqual([]);
    await rm(`${stateFile}.images`);
    await mkdir(`${stateFile}.images`);
    images.write(image('img_2'));
    await images.onApplicationShutdown();
    expect(await images.read(30)).toEqual([image('img_2')]);
  });
});
