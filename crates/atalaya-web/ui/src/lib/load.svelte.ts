// An answer on its way: waiting, there, or failed. A later question cancels an earlier one.

import { Failure } from './api';

export interface Load<T> {
  readonly data: T | undefined;
  readonly failure: Failure | undefined;
  readonly busy: boolean;
  retry: () => void;
}

/** Asks whenever what `ask` reads changes; `ask` returns nothing while there is nothing to ask. */
export function load<T>(ask: (signal: AbortSignal) => Promise<T> | undefined): Load<T> {
  let data = $state.raw<T>();
  let failure = $state.raw<Failure>();
  let busy = $state(true);
  let tries = $state(0);

  $effect(() => {
    void tries;
    const control = new AbortController();
    const question = ask(control.signal);
    if (!question) return;
    busy = true;
    failure = undefined;
    question.then(
      (answer) => {
        if (control.signal.aborted) return;
        data = answer;
        busy = false;
      },
      (error: unknown) => {
        if (control.signal.aborted) return;
        data = undefined;
        failure = error instanceof Failure ? error : new Failure(null);
        busy = false;
      },
    );
    return () => control.abort();
  });

  return {
    get data() {
      return data;
    },
    get failure() {
      return failure;
    },
    get busy() {
      return busy;
    },
    retry: () => void tries++,
  };
}
