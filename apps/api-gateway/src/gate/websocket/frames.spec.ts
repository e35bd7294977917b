import fc from 'fast-check';
import { Frames } from './frames';

const CLOSE = 0x88;

/** A frame, with a payload that looks like close frames. */
function frame(opcode: number, length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.of(0x80 | opcode, mask | length)
      : length < 65_536
        ? Buffer.of(0x80 | opcode, mask | 126, length >> 8, length & 255)
        : Buffer.concat([Buffer.of(0x80 | opcode, mask | 127), Buffer.alloc(4), uint32(length)]);
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0, CLOSE), Buffer.alloc(length, CLOSE)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const anyFrame = fc
  .tuple(fc.constantFrom(0, 1, 2, 9, 10), fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000), fc.boolean())
  .map((parts) => frame(...parts));

it('knows after every piece whether a frame is complete, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { minLength: 1, maxLength: 5 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
      (parts, cuts) => {
        const bytes = Buffer.concat(parts);
        let end = 0;
        const ends = new Set([0, ...parts.map(({ length }) => (end += length))]);
        const at = [...new Set([...cuts.map((cut) => Math.floor(cut * bytes.length)), ...ends])].sort((a, b) => a - b);
        const frames = new Frames();
        let from = 0;
        for (const to of at) {
          frames.pass(bytes.subarray(from, to));
          from = to;
          if (frames.mayFollow !== ends.has(to)) return false;
        }
        return !frames.isClosing;
      },
    ),
    { numRuns: 200 },
  );
});

it('knows the end of every header, byte by byte', () => {
  const frames = new Frames();
  const bytes = Buffer.concat([frame(1, 300, true), frame(2, 0, false), frame(9, 5, true)]);
  const complete: number[] = [];
  bytes.forEach((byte, index) => {
    frames.pass(Buffer.of(byte));
    if (frames.mayFollow) complete.push(index + 1);
  });
  expect(complete).toEqual([308, 310, 321]);
});

it('lets no frame follow a close frame', () => {
  const frames = new Frames();
  frames.pass(frame(1, 3, false));
  expect([frames.mayFollow, frames.isClosing]).toEqual([true, false]);
  frames.pass(frame(8, 2, false));
  expect([frames.mayFollow, frames.isClosing]).toEqual([false, true]);
});
