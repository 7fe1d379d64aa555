// Numbers of an answer: absent is not zero.

export function num(cell: unknown): number | null {
  if (cell === null || cell === undefined || cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}
