import { Injectable } from '@nestjs/common';
import { EmulatorState } from '../persist-state/emulator-state';
import { type StoredImage } from './image';

const BYTES_KEPT = 64 * 1_048_576;

/** The images that were uploaded last, in memory: at most 64 MiB. The state file does not hold them. */
@Injectable()
export class ImageStore {
  private readonly images = new Map<string, StoredImage>();
  private bytes = 0;

  constructor(state: EmulatorState) {
    state.register({
      reset: () => {
        this.images.clear();
        this.bytes = 0;
      },
    });
  }

  find(id: string): StoredImage | undefined {
    return this.images.get(id);
  }

  put(image: StoredImage): void {
    this.images.set(image.id, image);
    this.bytes += image.bytes.length;
    for (const oldest of this.images.keys()) {
      if (this.bytes <= BYTES_KEPT) break;
      this.delete(oldest);
    }
  }

  delete(id: string): void {
    this.bytes -= this.images.get(id)?.bytes.length ?? 0;
    this.images.delete(id);
  }
}
