import { pino } from 'pino';
import { loadConfig } from '../config';
import { EmulatorState } from '../persist-state/emulator-state';
import { ImageFolder } from './image-folder';
import { ImageStore } from './image.store';

it('keeps the 64 MiB of images that were uploaded last', () => {
  const images = new ImageStore(new EmulatorState(), new ImageFolder(loadConfig({}), pino({ level: 'silent' })));
  const bytes = Buffer.alloc(32 * 1_048_576);
  for (const id of ['img_1', 'img_2', 'img_3']) images.put({ id, type: 'image/png', bytes });
  images.delete('img_2');
  images.put({ id: 'img_4', type: 'image/png', bytes });
  expect(['img_1', 'img_2', 'img_3', 'img_4'].filter((id) => images.find(id))).toEqual(['img_3', 'img_4']);
});
