import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Failure, type Question } from './api';
import type { Decided, Linking, Ruling } from './link';
import type { Desk as DeskOf, Program } from './desk.svelte';

// The page's own address and storage are not there in a test of the logic.
let Desk: typeof DeskOf;
beforeAll(async () => {
  Desk = (await import('./desk.svelte')).Desk;
});

const title = (id: string) => ({ en: id, es: id });
const at = { source: 's', file: 'f.csv', member: 0, ordinal: 1 };
const IDS = ['p-1', 'p-2', 'p-3'];

/** A program that keeps decisions, refuses what it is told to, and answers when it is let. */
function program(refuses: string[] = []) {
  const ruled = new Map<string, Ruling>();
  const log: string[] = [];
  let last = 0;
  const made = new Map<number, string>();
  const totals = (decisions: number[]): Decided => ({ decisions, records: 10, events: 10 - [...ruled.values()].filter((one) => one === 'same').length });
  const refuse = () => Promise.reject(new Failure({ id: 'busy', place: 'store', found: title('busy'), todo: title('wait') }));
  const asks: Program = {
    list: vi.fn((_: Question) => {
      const pairs = IDS.filter((id) => !ruled.has(id)).map((id) => ({ id, batch: null, relation: 'reported-twice' as const, probability: 0.9, bits: 3, status: 'open' as const, decision: null, title: title(id), a: at, b: at }));
      return Promise.resolve({ batches: [], pairs, total: pairs.length } as unknown as Linking);
    }),
    decide: (ids, ruling) => {
      log.push(`decide ${ids.join()} ${ruling}`);
      if (ids.some((id) => refuses.includes(id))) return refuse();
      for (const id of ids) ruled.set(id, ruling);
      made.set(++last, ids[0] ?? '');
      return Promise.resolve(totals([last]));
    },
    undo: (decision) => {
      log.push(`undo ${decision}`);
      const id = made.get(decision) ?? '';
      if (refuses.includes(`undo ${id}`)) return refuse();
      ruled.delete(id);
      return Promise.resolve(totals([++last]));
    },
  };
  return { asks, log, ruled };
}

async function opened(refuses: string[] = []) {
  const of = program(refuses);
  const desk = new Desk(of.asks);
  await desk.load({ status: 'open' });
  const item = (id: string) => desk.item(id) ?? { id, kind: 'pair' as const, title: title(id), pairs: 1 };
  return { ...of, desk, item };
}
const settled = () => new Promise((done) => setTimeout(done));

describe('the desk', () => {
  it('shows a decision at once and names the next case before the program has answered', async () => {
    const { desk, item, log } = await opened();
    expect(desk.decide(item('p-1'), 'same', 'why')).toBe('p-2');
    expect(desk.queue.ruled.get('p-1')).toBe('same');
    expect(desk.sending).toBe(1);
    await settled();
    expect(desk.sending).toBe(0);
    expect(log).toEqual(['decide p-1 same']);
    expect(desk.said).toMatchObject({ what: 'decided', ruling: 'same', totals: { records: 10, events: 9 } });
  });

  it('takes a refused decision back, says so, and keeps those around it', async () => {
    const { desk, item, ruled } = await opened(['p-2']);
    for (const id of IDS) desk.decide(item(id), 'same', 'why');
    await settled();
    expect([...ruled.keys()]).toEqual(['p-1', 'p-3']);
    expect(desk.queue.ruled.has('p-2')).toBe(false);
    expect(desk.first).toBe('p-2');
    expect(desk.refused).toMatchObject({ what: 'decide', item: { id: 'p-2' } });
    expect(desk.done.map((one) => one.item.id)).toEqual(['p-1', 'p-3']);
  });

  it('undoes the last decision first, even while it is on its way', async () => {
    const { desk, item, log, ruled } = await opened();
    desk.decide(item('p-1'), 'same', 'why');
    desk.decide(item('p-2'), 'apart', 'why');
    expect(await desk.undo('oops')).toBe('p-2');
    expect(await desk.undo('oops')).toBe('p-1');
    expect(log).toEqual(['decide p-1 same', 'decide p-2 apart', 'undo 2', 'undo 1']);
    expect(ruled.size).toBe(0);
    expect(desk.said).toMatchObject({ what: 'undone', item: { id: 'p-1' } });
    expect(await desk.undo('oops')).toBeUndefined();
    expect(desk.said).toEqual({ what: 'nothing' });
  });

  it('keeps a decision that could not be undone', async () => {
    const { desk, item, ruled } = await opened(['undo p-1']);
    desk.decide(item('p-1'), 'same', 'why');
    expect(await desk.undo('oops')).toBeUndefined();
    expect(ruled.get('p-1')).toBe('same');
    expect(desk.queue.ruled.get('p-1')).toBe('same');
    expect(desk.done).toHaveLength(1);
    expect(desk.refused).toMatchObject({ what: 'undo', item: { id: 'p-1' } });
  });

  it('reads the list only after what is on its way has been counted', async () => {
    const { desk, item } = await opened();
    desk.decide(item('p-1'), 'same', 'why');
    await desk.load({ status: 'open' }, true);
    expect(desk.queue.items.map((one) => one.id)).toEqual(['p-2', 'p-3']);
  });

  it('asks the program once for what it has', async () => {
    const { desk, asks } = await opened();
    await desk.load({ status: 'open' });
    expect(asks.list).toHaveBeenCalledTimes(1);
  });
});
