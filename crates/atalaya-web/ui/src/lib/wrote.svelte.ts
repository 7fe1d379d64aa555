// How often this page has changed something: who shows the state of the observatory asks again.

let times = $state(0);

export function writes(): number {
  return times;
}

export function wrote(): void {
  times++;
}
