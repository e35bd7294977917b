import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EmulatorState } from '../persist-state/emulator-state';
import { type StoredImage } from './image';
import { ImageFolder } from './image-folder';

const BYTES_KEPT = 64 * 1_048_576;

/** The images that were uploaded last: at most 64 MiB. Those of an earlier run come from its {@link ImageFolder}. */
@Injectable()
export class ImageStore implements OnModuleInit {
  private readonly images = new Map<string, StoredImage>();
  private bytes = 0;

  constructor(
    state: EmulatorState,
    private readonly folder: ImageFolder,
  ) {
    state.register({
      reset: () => {
        this.images.clear();
        this.bytes = 0;
        this.folder.clear();
      },
    });
  }

  async onModuleInit(): Promise<void> {
    for (const image of await this.folder.read(BYTES_KEPT)) this.add(image);
  }

  find(id: string): StoredImage | undefined {
    return this.images.get(id);
  }

  put(image: StoredImage): void {
    this.add(image);
    this.folder.write(image);
    for (const oldest of this.images.keys()) {
      if (this.bytes <= BYTES_KEPT) break;
      this.delete(oldest);
    }
  }

  delete(id: string): void {
    this.bytes -= this.images.get(id)?.bytes.length ?? 0;
    this.images.delete(id);
    this.folder.remove(id);
  }

  private add(image: StoredImage): void {
    this.images.set(image.id, image);
    this.bytes += image.bytes.length;
  }
}
