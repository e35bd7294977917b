import { Injectable } from '@nestjs/common';
import { type DeletedObject } from '../clerk/user';
import { ResourceNotFoundError } from '../errors';
import { VerificationDoneError, VerificationMissingError } from '../sign-in-errors';
import { IdentifiersService } from '../keep-identifiers/identifiers.service';
import { UserStore } from '../keep-users/user.store';
import { Codes } from '../sign-in-by-code/codes';
import { AddressCodes } from './address-codes';
import { type Caller } from './caller';
import { Clients } from './clients';
import { emailAddressView, type EmailAddressView, phoneNumberView, type PhoneNumberView } from './user-view';

/** Kinds of addresses. */
export type AddressKind = 'email_address' | 'phone_number';
type AddressView = EmailAddressView | PhoneNumberView;

/** Addresses and numbers of the user of a session, who adds, verifies and removes them. */
@Injectable()
export class MyAddresses {
  constructor(
    private readonly clients: Clients,
    private readonly users: UserStore,
    private readonly identifiers: IdentifiersService,
    private readonly codes: Codes,
    private readonly sent: AddressCodes,
  ) {}

  list(caller: Caller, kind: AddressKind): AddressView[] {
    const user = this.users.get(this.userId(caller));
    const views =
      kind === 'email_address' ? user.email_addresses.map(emailAddressView) : user.phone_numbers.map(phoneNumberView);
    return views.map((view) => this.withCode(view));
  }

  /** @throws ResourceNotFoundError when the user does not have it */
  get(caller: Caller, kind: AddressKind, id: string): AddressView {
    const found = this.list(caller, kind).find((address) => address.id === id);
    if (!found) throw new ResourceNotFoundError(kind, id);
    return found;
  }

  /** Adds an address or number, which must still be verified. @throws IdentifierExistsError */
  add(caller: Caller, kind: AddressKind, value: string): AddressView {
    const user_id = this.userId(caller);
    return kind === 'email_address'
      ? emailAddressView(this.identifiers.addEmailAddress({ user_id, email_address: value }))
      : phoneNumberView(this.identifiers.addPhoneNumber({ user_id, phone_number: value }));
  }

  /** Sends a code. @throws VerificationDoneError */
  prepare(caller: Caller, kind: AddressKind, id: string): AddressView {
    const address = this.get(caller, kind, id);
    if (address.verification?.status === 'verified') throw new VerificationDoneError();
    const to = 'email_address' in address ? address.email_address : address.phone_number;
    this.sent.put(id, this.codes.send({ to, userId: this.userId(caller), attemptId: id }));
    return this.get(caller, kind, id);
  }

  /** Checks a code. The right one verifies the address. @throws CodeIncorrectError, IdentifierExistsError, … */
  attempt(caller: Caller, kind: AddressKind, id: string, code: string): AddressView {
    this.get(caller, kind, id);
    const sent = this.sent.find(id);
    if (!sent) throw new VerificationMissingError();
    const { verification, failure } = this.codes.attempt(sent, code, null);
    this.sent.put(id, { ...sent, verification });
    if (failure) throw failure;
    if (kind === 'email_address') this.identifiers.updateEmailAddress(id, { verified: true });
    else this.identifiers.updatePhoneNumber(id, { verified: true });
    return this.get(caller, kind, id);
  }

  remove(caller: Caller, kind: AddressKind, id: string): DeletedObject {
    this.get(caller, kind, id);
    return this.identifiers.remove(kind, id);
  }

  private userId({ devBrowserId, sessionId }: Caller): string {
    return this.clients.liveSession(devBrowserId, sessionId).user_id;
  }

  /** Shows the verification under way. */
  private withCode<View extends AddressView>(view: View): View {
    const sent = view.verification?.status === 'verified' ? undefined : this.sent.find(view.id);
    return sent ? { ...view, verification: sent.verification } : view;
  }
}
