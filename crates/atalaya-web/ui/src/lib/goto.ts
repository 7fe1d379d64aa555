// The page of one figure.

export function figureLink(figure: string): string {
  return `#/figure?id=${encodeURIComponent(figure)}`;
}

export function goTo(figure: string): void {
  location.hash = figureLink(figure);
}
