import { type Role } from '@gatehouse/contracts';
import { type Naming } from './clerk-person';
import { type MetadataName } from './company-metadata-model';

/** One step of a history. `slot` and `other` choose people, `address` one of a few e-mail addresses or phone numbers. */
export type Operation =
  | { kind: 'create'; slot: number; address: number; verified: boolean; tick: number; seed?: string | null }
  | { kind: 'metadata'; slot: number; name: MetadataName; value: number; tick: number }
  | { kind: 'role'; slot: number; role: Role; tick: number }
  | { kind: 'write-back'; slot: number; lost: boolean; tick: number }
  | { kind: 'rename'; slot: number; name: number; tick: number }
  | { kind: 'email' | 'phone'; slot: number; address: number; verified: boolean; tick: number }
  /** Locks the user for that many milliseconds of the model's clock, or until it is unlocked. */
  | { kind: 'lock'; slot: number; forMs: number | null; tick: number }
  /** Makes the address the primary one, no primary one, or the primary one an id that is not in the list. */
  | { kind: 'primary'; of: 'email' | 'phone'; slot: number; named: Naming; tick: number }
  | { kind: 'swap'; of: 'email' | 'phone'; slot: number; other: number; tick: number }
  | {
      kind: 'ban' | 'deprovision' | 'unlock' | 'touch' | 'session' | 'login' | 'delete' | 'corrupt';
      slot: number;
      tick: number;
    };

/** An operation that changes one existing person. */
export type PersonOperation = Exclude<Operation, { kind: 'create' | 'swap' | 'role' | 'write-back' }>;

/** A local user that exists before all Clerk users. */
export interface Local {
  readonly email: { readonly address: number; readonly verified: boolean };
  readonly phone: { readonly address: number; readonly verified: boolean } | null;
}
