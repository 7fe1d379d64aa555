// Who is signed in: asked at the start, and known to be nobody once the program says so.

import { api, Failure, whenSignedOut, whoAmI, type Me } from './api';

let me = $state.raw<Me>();
let ended = $state(false);

/** Who this is; nothing until the program has answered. */
export function who(): Me | undefined {
  return me;
}

/** Whether a session was there and is over. */
export function sessionEnded(): boolean {
  return ended;
}

/** Whether one must sign in before anything else. */
export function mustSignIn(): boolean {
  return me !== undefined && me.accounts && !me.signed_in;
}

export async function ask(): Promise<void> {
  try {
    me = await whoAmI();
  } catch {
    // The page itself says what is wrong when it asks for its data.
  }
}

export async function signIn(name: string, password: string): Promise<Failure | undefined> {
  try {
    me = await api.login(name, password);
    ended = false;
    return undefined;
  } catch (error) {
    return error instanceof Failure ? error : new Failure(null);
  }
}

export async function signOut(): Promise<void> {
  await api.logout().catch(() => undefined);
  if (me) me = { ...me, signed_in: false, name: null, token: null };
  ended = false;
}

whenSignedOut(() => {
  if (me && !me.signed_in) return;
  ended = me !== undefined;
  me = { accounts: true, signed_in: false, name: null, role: null, clearance: null, token: null };
});
