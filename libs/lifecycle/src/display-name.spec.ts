import { displayName } from './display-name';

describe('displayName', () => {
  it.each([
    ['Ada', 'Example', 'ada', 'Ada Example'],
    ['Ada', null, 'ada', 'Ada'],
    [null, 'Example', 'ada', 'Example'],
    [null, null, 'ada', 'ada'],
    [null, null, null, 'User'],
    ['  ', '', ' ', 'User'],
    [' Ada ', ' Example ', null, 'Ada Example'],
  ])('shows first name %j, last name %j and username %j as %j', (firstName, lastName, username, name) => {
    expect(displayName({ firstName, lastName, username })).toBe(name);
  });
});
