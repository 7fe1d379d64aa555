// The review desk of one session: what waits, what was decided, what can be taken back.
// A decision shows at once; where the program refuses it, the case waits again.

import { Failure, type Question } from './api';
import { linking, type Decided, type Linking, type Ruling, type Totals } from './link';
import { after, EMPTY, first, itemOf, putOff, queueOf, release, rule, type Item, type Queue } from './queue';

/** What the desk asks of the program. */
export type Program = Pick<typeof linking, 'list' | 'decide' | 'undo'>;

interface Done {
  item: Item;
  ruling: Ruling;
  /** The decision's numbers; nothing where it was refused. */
  saved: Promise<number[] | undefined>;
}

/** What happened last, to be said. */
export type Said = { what: 'decided'; ruling: Ruling; item: Item; totals?: Totals } | { what: 'later' | 'undoing' | 'undone'; item: Item } | { what: 'nothing' };

/** What could not be done. */
export interface Refused {
  what: 'decide' | 'undo';
  item: Item;
  failure: Failure;
}

/** Pairs asked for at once: a page of the list, and what is decided before it is asked for again. */
export const AT_ONCE = 50;

export class Desk {
  queue = $state.raw<Queue>(EMPTY);
  /** What was asked for, as text. */
  asked = $state('');
  answer = $state.raw<Linking>();
  done = $state.raw<readonly Done[]>([]);
  said = $state.raw<Said>();
  refused = $state.raw<Refused>();
  /** The reason the person wrote; none while the one offered stands. */
  own = $state<string>();
  /** Decisions on their way. */
  sending = $state(0);
  #program: Program;
  #offset = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(program: Program = linking) {
    this.#program = program;
  }

  /** Asks for the cases of a choice, unless they are there. */
  async load(question: Question, again = false): Promise<Linking> {
    const asked = JSON.stringify(question);
    if (asked === this.asked && this.answer && !again) return this.answer;
    this.asked = asked;
    // What is on its way must be counted before the list is read.
    await this.#last;
    const answer = await this.#program.list({ ...question, limit: AT_ONCE });
    if (asked !== this.asked) return answer;
    this.answer = answer;
    this.#offset = Number(question.offset ?? 0);
    this.queue = queueOf(answer, this.queue.later);
    return answer;
  }

  /** Decides about a case and names the next one. */
  decide(item: Item, ruling: Ruling, why: string): string | undefined {
    this.queue = rule(this.queue, item.id, ruling);
    this.said = { what: 'decided', ruling, item };
    this.refused = undefined;
    const saved = this.#send(() => this.#program.decide([item.id], ruling, why)).then(
      (after) => {
        if (this.said?.what === 'decided' && this.said.item.id === item.id) this.said = { ...this.said, totals: after };
        return after.decisions;
      },
      (error: unknown) => {
        this.queue = release(this.queue, item.id);
        this.done = this.done.filter((one) => one.saved !== saved);
        this.said = undefined;
        this.refused = { what: 'decide', item, failure: asFailure(error) };
        return undefined;
      },
    );
    this.done = [...this.done, { item, ruling, saved }];
    return after(this.queue, item.id);
  }

  /** Sets a case aside and names the next one. */
  later(item: Item): string | undefined {
    this.queue = putOff(this.queue, item.id);
    this.said = { what: 'later', item };
    return after(this.queue, item.id);
  }

  /** Takes the last decision of this session back; names its case. */
  async undo(why: string): Promise<string | undefined> {
    const last = this.done.at(-1);
    if (!last) {
      this.said = { what: 'nothing' };
      return undefined;
    }
    this.done = this.done.slice(0, -1);
    this.said = { what: 'undoing', item: last.item };
    this.refused = undefined;
    const decisions = await last.saved;
    // It was refused: that has been said, and there is nothing to take back.
    if (!decisions) return last.item.id;
    try {
      for (const one of decisions.toReversed()) await this.#send(() => this.#program.undo(one, why));
    } catch (error) {
      this.done = [...this.done, last];
      this.said = undefined;
      this.refused = { what: 'undo', item: last.item, failure: asFailure(error) };
      return undefined;
    }
    this.queue = release(this.queue, last.item.id);
    this.said = { what: 'undone', item: last.item };
    return last.item.id;
  }

  /** Cases of the choice that were not asked for yet. */
  get rest(): number {
    const { answer } = this;
    return answer ? Math.max(0, answer.total - this.#offset - answer.pairs.length) : 0;
  }

  /** The first case that waits. */
  get first(): string | undefined {
    return first(this.queue);
  }

  item(id: string): Item | undefined {
    return itemOf(this.queue, id);
  }

  /** One after the other, in the order in which they were made. */
  #send(work: () => Promise<Decided>): Promise<Decided> {
    this.sending++;
    const sent = this.#last.then(work);
    this.#last = sent.catch(() => undefined).finally(() => this.sending--);
    return sent;
  }
}

function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(null);
}

/** The desk of this page: it stays while the reader looks elsewhere. */
export const desk = new Desk();
