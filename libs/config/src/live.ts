/** A setting that may change while the service runs. */
export interface Live<T> {
  readonly current: T;
  /** Calls `listener` with each new value, after `current` has changed. */
  onChange(listener: (value: T) => void): void;
}

/** A setting that never changes. */
export function fixed<T>(value: T): Live<T> {
  return new LiveValue(value);
}

/** A part of a setting. Its listeners are called only when that part has changed. */
export function part<T, Part>(whole: Live<T>, read: (value: T) => Part): Live<Part> {
  const setting = new LiveValue(read(whole.current));
  whole.onChange((value) => {
    const changed = read(value);
    if (changed !== setting.current) setting.set(changed);
  });
  return setting;
}

/** A setting whose owner changes it by `set`. */
export class LiveValue<T> implements Live<T> {
  private readonly listeners: ((value: T) => void)[] = [];

  /** Private at run time, so that a printed configuration shows no secret. */
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get current(): T {
    return this.#value;
  }

  onChange(listener: (value: T) => void): void {
    this.listeners.push(listener);
  }

  /** Changes the value and tells every listener. */
  set(value: T): void {
    this.#value = value;
    for (const listener of this.listeners) listener(value);
  }
}
