import { type Style } from '../output/table';

/** What a check of `doctor` found. */
export interface Finding {
  /** What was checked. */
  readonly check: string;
  /** `skipped`: the check was not possible, or not asked for. */
  readonly status: 'ok' | 'warning' | 'problem' | 'skipped';
  readonly detail: string;
  /** What to do; only for warnings and problems. */
  readonly todo?: string;
}

/** How the states of a finding are marked. */
export const marks: Readonly<Record<Finding['status'], readonly [mark: string, style: Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✗', 'red'],
  skipped: ['–', 'dim'],
};

/** Everything is as it should be. */
export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}

/** Something an operator should look at. */
export function warning(check: string, detail: string, todo: string): Finding {
  return { check, status: 'warning', detail, todo };
}

/** Something that is broken. */
export function problem(check: string, detail: string, todo: string): Finding {
  return { check, status: 'problem', detail, todo };
}

/** Not checked. */
export function skipped(check: string, detail: string): Finding {
  return { check, status: 'skipped', detail };
}
