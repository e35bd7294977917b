// Preloaded into a service of a test: every clock of the day that it reads is CLOCK_SHIFT_MS off. Never part of what ships.
const shift = Number(process.env.CLOCK_SHIFT_MS);
const now = () => RealDate.now() + shift;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
