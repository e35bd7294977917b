import { parseCommand } from './command';

it.each([
  [['Ada@Example.com'], { verb: 'grant', email: 'ada@example.com' }],
  [['--list'], { verb: 'list' }],
  [['--cancel', 'Ada@Example.com'], { verb: 'cancel', email: 'ada@example.com' }],
])('the make-admin command parses the arguments %j', (args, command) => {
  expect(parseCommand(args)).toEqual(command);
});

it.each([[[]], [['ada']], [['--list', 'x']], [['--cancel']], [['--cancel', 'ada']], [['a@b.example', 'c@d.example']]])(
  'the make-admin command rejects the arguments %j',
  (args) => {
    expect(parseCommand(args)).toBeUndefined();
  },
);
