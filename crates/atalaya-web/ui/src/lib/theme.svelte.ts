// Light or dark: what the reader chose, else what the system prefers.

import { remembered, remember } from './remember';

export type Theme = 'light' | 'dark';

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const chosen = remembered('theme');
let theme = $state<Theme>(chosen === 'light' || chosen === 'dark' ? chosen : system());
let following = chosen === null;

function system(): Theme {
  return prefersDark.matches ? 'dark' : 'light';
}

function paint(): void {
  document.documentElement.dataset.theme = theme;
}

export function shade(): Theme {
  return theme;
}

export function turn(): void {
  theme = theme === 'dark' ? 'light' : 'dark';
  following = false;
  remember('theme', theme);
  paint();
}

/** Paints the page, and again whenever the system changes and the reader has not chosen. */
export function begin(): void {
  paint();
  prefersDark.addEventListener('change', () => {
    if (!following) return;
    theme = system();
    paint();
  });
}
