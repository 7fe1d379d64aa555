// The reader's choices, kept in this browser. A browser that keeps nothing is no error.

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`atalaya.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`atalaya.${key}`, value);
  } catch {
    // Private windows may refuse: the choice then lasts as long as the page.
  }
}
