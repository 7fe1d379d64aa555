import { describe, expect, it } from 'vitest';
import { after, first, itemsOf, placeOf, putOff, queueOf, release, rule, step, waiting, type Queue } from './queue';
import type { Batch, Pair } from './link';

const title = { en: 'a', es: 'b' };
const at = { source: 's', file: 'f.csv', member: 0, ordinal: 1 };
const pair = (id: string, more: Partial<Pair> = {}): Pair => ({ id, batch: null, relation: 'reported-twice', probability: 0.9, bits: 3, status: 'open', decision: null, title, a: at, b: at, ...more });
const batch = (id: string, more: Partial<Batch> = {}): Batch => ({ id, kind: 'unit', title, reason: title, sources: ['s'], areas: [], from: '', to: '', rows: 8, surplus: 4, status: 'open', decision: null, ...more });
const answer = { batches: [batch('b-1')], pairs: [pair('p-1'), pair('p-2'), pair('p-3')] };

/** The cases in the order in which they are asked, each treated by what `act` does. */
function asked(queue: Queue, act: (queue: Queue, id: string) => Queue, most = 12): string[] {
  const order = [];
  for (let id = first(queue); id && order.length < most; id = after(queue, id)) {
    order.push(id);
    queue = act(queue, id);
  }
  return order;
}

describe('the queue', () => {
  it('asks for lists before pairs, and settles the pairs of a list with it', () => {
    const items = itemsOf({ batches: [batch('b-1')], pairs: [pair('p-1'), pair('p-2', { batch: 'b-1' }), pair('p-3', { batch: 'b-9' })] });
    expect(items.map((one) => one.id)).toEqual(['b-1', 'p-1', 'p-3']);
    expect(items[0]?.pairs).toBe(4);
  });

  it('comes to every case once, and to an end', () => {
    expect(asked(queueOf(answer), (queue, id) => rule(queue, id, 'same'))).toEqual(['b-1', 'p-1', 'p-2', 'p-3']);
  });

  it('asks again at the end for what was set aside', () => {
    const order = asked(queueOf(answer), (queue, id) => (id === 'p-1' && !queue.later.includes(id) ? putOff(queue, id) : rule(queue, id, 'apart')));
    expect(order).toEqual(['b-1', 'p-1', 'p-2', 'p-3', 'p-1']);
  });

  it('goes round what is set aside again and again without losing any', () => {
    expect(asked(queueOf(answer), putOff, 9)).toEqual(['b-1', 'p-1', 'p-2', 'p-3', 'b-1', 'p-1', 'p-2', 'p-3', 'b-1']);
  });

  it('has nothing after the only case that is set aside', () => {
    const queue = putOff(queueOf({ batches: [], pairs: [pair('p-1')] }), 'p-1');
    expect(after(queue, 'p-1')).toBeUndefined();
    expect(first(queue)).toBe('p-1');
  });

  it('comes back to a case before this one that was skipped', () => {
    const queue = rule(queueOf(answer), 'p-3', 'same');
    expect(after(queue, 'p-3')).toBe('b-1');
  });

  it('asks again for a case whose decision was taken back', () => {
    const done = ['b-1', 'p-1', 'p-2', 'p-3'].reduce((queue, id) => rule(queue, id, 'same'), queueOf(answer));
    expect(first(done)).toBeUndefined();
    expect(waiting(done)).toBe(0);
    expect(first(release(done, 'p-2'))).toBe('p-2');
  });

  it('knows what was decided before the page was opened', () => {
    const queue = queueOf({ batches: [batch('b-1', { status: 'partly' })], pairs: [pair('p-1', { status: 'same' }), pair('p-2', { status: 'apart' })] });
    expect(waiting(queue)).toBe(1);
    expect([...queue.ruled]).toEqual([['p-1', 'same'], ['p-2', 'apart']]);
  });

  it('keeps what was set aside when it is read again, and drops what is no longer there', () => {
    expect(queueOf(answer, ['p-9', 'p-2']).later).toEqual(['p-2']);
  });

  it('steps to neighbours, decided or not, and stops at the ends', () => {
    const queue = rule(queueOf(answer), 'p-1', 'same');
    expect([step(queue, 'b-1', 1), step(queue, 'b-1', -1), step(queue, 'p-3', 1), step(queue, 'p-9', 1)]).toEqual(['p-1', undefined, undefined, 'b-1']);
    expect([placeOf(queue, 'p-1'), placeOf(queue, 'p-9')]).toEqual([2, 0]);
  });
});
