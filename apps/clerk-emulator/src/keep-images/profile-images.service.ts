import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type ClerkUser, DEFAULT_IMAGE } from '../clerk/user';
import { ParamValueInvalidError, ResourceNotFoundError } from '../errors';
import { Instance } from '../instance';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { NOW } from '../tokens';
import { imageTypeOf, type StoredImage } from './image';
import { ImageStore } from './image.store';

/** Path at which the emulator serves images. */
export const IMAGES_PATH = '/images';

/** Sets and removes the profile images of users. Each change sends `user.updated`. */
@Injectable()
export class ProfileImages {
  constructor(
    private readonly images: ImageStore,
    private readonly store: UserStore,
    private readonly users: UsersService,
    private readonly instance: Instance,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** @param bytes undefined when the request has no file @throws ParamValueInvalidError */
  set(userId: string, bytes: Buffer | undefined): { readonly user: ClerkUser; readonly image: StoredImage } {
    const type = bytes && imageTypeOf(bytes);
    if (!bytes || !type) throw new ParamValueInvalidError('file', 'file must be a PNG, JPEG, GIF or WebP image.');
    const before = this.idOf(this.store.get(userId));
    const image = { id: newId('img', this.now()), type, bytes };
    const user = this.users.change(userId, (changed) => {
      const url = this.urlOf(image);
      Object.assign(changed, { has_image: true, image_url: url, profile_image_url: url });
    });
    this.images.put(image);
    if (before !== null) this.images.delete(before);
    return { user, image };
  }

  /** @throws ResourceNotFoundError when the user has no image */
  remove(userId: string): { readonly user: ClerkUser; readonly id: string } {
    const before = this.store.get(userId);
    const id = this.idOf(before);
    if (!before.has_image || id === null) throw new ResourceNotFoundError('profile image', userId);
    const user = this.users.change(userId, (changed) => Object.assign(changed, DEFAULT_IMAGE));
    this.images.delete(id);
    return { user, id };
  }

  urlOf({ id }: Pick<StoredImage, 'id'>): string {
    return `${this.instance.url}${IMAGES_PATH}/${id}`;
  }

  private idOf({ has_image, image_url }: ClerkUser): string | null {
    return has_image ? (/\/(img_\w+)$/.exec(image_url)?.[1] ?? null) : null;
  }
}
