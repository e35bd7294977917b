import { newUser, USER_LIMIT } from '../clerk/user';
import { UserQuotaExceededError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';
import { UserStore } from './user.store';

describe('UserStore', () => {
  it('has room for the maximum number of users, minus the existing ones', () => {
    const store = new UserStore(new EmulatorState(), () => 1_000);
    expect(() => store.assertRoomFor(USER_LIMIT)).not.toThrow();
    store.put(newUser(1_000));
    expect(() => store.assertRoomFor(USER_LIMIT)).toThrow(UserQuotaExceededError);
    expect(() => store.assertRoomFor(USER_LIMIT - 1)).not.toThrow();
  });
});
