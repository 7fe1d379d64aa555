// One file on its way in: chosen, looked at, its recipe kept, collected. What the page shows is all here.

import { Failure } from './api';
import type { Arrived, Choices, CollectedSource, Drafted, Shape } from './inbox';
import { inbox } from './inbox';
import { wrote } from './wrote.svelte';

export type Step = 'choose' | 'sending' | 'look' | 'collecting' | 'done';

const NOTHING: Choices = { columns: {}, always: {} };

export class Loading {
  step = $state<Step>('choose');
  name = $state('');
  arrived = $state.raw<Arrived>();
  drafted = $state.raw<Drafted>();
  said = $state.raw<Choices>(NOTHING);
  text = $state('');
  busy = $state(false);
  failure = $state.raw<Failure>();
  /** Where a newer file no longer fits its source. */
  shape = $state.raw<Shape>();
  source = $state('');
  rows = $state<number | null>(null);
  collected = $state.raw<CollectedSource>();

  /** Whether a person wrote in the recipe: then the choices no longer write it. */
  get edited(): boolean {
    return this.drafted !== undefined && this.text !== this.drafted.recipe;
  }

  /** Sends a file; `source` where it is a newer file of a known one. */
  async take(file: File, source: string): Promise<void> {
    this.again();
    this.name = file.name;
    this.step = 'sending';
    const arrived = await this.#trying(() => inbox.arrive(file));
    if (!arrived) {
      this.step = 'choose';
      return;
    }
    this.arrived = arrived;
    this.#draw(arrived.drafted ?? undefined);
    this.step = 'look';
    if (source !== '') await this.collect(source);
  }

  /** Drafts again with what was said. */
  async say(said: Choices): Promise<void> {
    this.said = said;
    const { arrived, drafted } = this;
    if (!arrived || !drafted) return;
    const next = await this.#trying(() => inbox.again(arrived.file, drafted.source, said));
    // A later choice overtook this one.
    if (next && this.said === said) this.#draw(next);
  }

  /** Keeps the recipe, then collects under it. */
  async keep(): Promise<void> {
    const { arrived, text } = this;
    if (!arrived) return;
    const kept = await this.#trying(() => inbox.keep(text, arrived.file));
    if (kept) await this.collect(kept.source);
  }

  async collect(source: string): Promise<void> {
    const { arrived } = this;
    if (!arrived) return;
    this.source = source;
    this.shape = undefined;
    this.step = 'collecting';
    this.rows = null;
    const watch = setInterval(() => void inbox.progress(arrived.file).then(({ rows }) => (this.rows = rows ?? this.rows), () => undefined), 400);
    const done = await this.#trying(() => inbox.load(source, arrived.file));
    clearInterval(watch);
    if (!done) {
      this.step = 'look';
      // Perhaps a column was renamed: then the page asks which, once.
      if (this.failure?.problem?.id === 'layout') this.shape = await inbox.shape(source, arrived.file).catch(() => undefined);
      return;
    }
    this.collected = done.sources[0];
    this.step = 'done';
    wrote();
  }

  again(): void {
    this.step = 'choose';
    this.arrived = this.drafted = this.shape = this.collected = this.failure = undefined;
    this.said = NOTHING;
    this.text = this.source = '';
  }

  #draw(drafted: Drafted | undefined): void {
    this.drafted = drafted;
    this.text = drafted?.recipe ?? '';
  }

  async #trying<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.failure = undefined;
    this.busy = true;
    try {
      return await work();
    } catch (error) {
      this.failure = error instanceof Failure ? error : new Failure(null);
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}
