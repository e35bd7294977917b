import { z } from 'zod';
import { isStorable } from './filter-text';
import { unstorable } from './resource-text';

/** Maximum size of settings as JSON in UTF-8; bytes. */
export const maxSettingsBytes = 16_384;
/** Maximum depth of settings: their own members are on level 1. */
export const maxSettingsDepth = 8;

/**
 * Settings with these known members, and with free ones of any JSON value. Rejects settings that are too large or too
 * deep, members named `__proto__`, and texts that cannot be stored.
 */
export function settingsSchema<Known extends z.ZodRawShape>(known: Known) {
  return z.looseObject(known).superRefine((settings, context) => {
    const problem = problemOf(settings, 0) ?? sizeProblem(settings);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
}

function sizeProblem(settings: unknown): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(settings)).length;
  return bytes > maxSettingsBytes ? `has more than ${maxSettingsBytes} bytes as JSON` : undefined;
}

/** What is wrong with a value on a level of settings; checks the depth first, so the recursion is bounded. */
function problemOf(value: unknown, level: number): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : unstorable;
  if (typeof value !== 'object' || value === null) return undefined;
  if (level >= maxSettingsDepth) return `is nested deeper than ${maxSettingsDepth} levels`;
  for (const [name, part] of Object.entries(value)) {
    if (name === '__proto__') return 'has a member named __proto__';
    const problem = isStorable(name) ? problemOf(part, level + 1) : unstorable;
    if (problem !== undefined) return problem;
  }
  return undefined;
}
