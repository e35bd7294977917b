import { codedError } from './coded-error';

class PlainError extends codedError('PLAIN', 'It failed.') {}

class DetailedError extends codedError('DETAILED', (noun: string, count: number) => `${count} of ${noun} failed.`) {}

class ErrorWithField extends codedError('WITH_FIELD', (field: string) => `${field} is invalid.`) {
  constructor(
    readonly field: string,
    options?: ErrorOptions,
  ) {
    super(field, options);
  }
}

describe('an error class made by codedError', () => {
  it('has the code, the message and the name of the class', () => {
    const error = new PlainError();

    expect(error).toBeInstanceOf(PlainError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 'PLAIN', message: 'It failed.', name: 'PlainError' });
    expect(error).not.toHaveProperty('cause');
  });

  it('makes its message from the arguments of the constructor', () => {
    expect(new DetailedError('messages', 3)).toMatchObject({ code: 'DETAILED', message: '3 of messages failed.' });
  });

  it('takes the cause as its last argument', () => {
    const cause = new Error('lower');

    expect(new PlainError({ cause }).cause).toBe(cause);
    expect(new DetailedError('messages', 3, { cause }).cause).toBe(cause);
  });

  it('has its own name when its constructor is its own', () => {
    expect(new ErrorWithField('user.email')).toMatchObject({ name: 'ErrorWithField', field: 'user.email' });
  });

  it('is no instance of another class with the same code', () => {
    class Other extends codedError('PLAIN', 'It failed.') {}

    expect(new Other()).not.toBeInstanceOf(PlainError);
  });

  it('has a stack that begins with its message and the place where it was made', () => {
    function thrower(): Error {
      return new DetailedError('messages', 3);
    }
    const [first, second] =
      thrower()
        .stack?.split('\n')
        .filter((line) => !line.includes('new DetailedError')) ?? [];

    expect(first).toContain('3 of messages failed.');
    expect(second).toContain('thrower');
  });

  it('types its code literally and its arguments exactly', () => {
    const code: 'DETAILED' = new DetailedError('messages', 3).code;
    // @ts-expect-error a number is missing
    new DetailedError('messages');
    // @ts-expect-error only options come after the arguments of the message
    new PlainError('text');

    expect(code).toBe('DETAILED');
  });
});
