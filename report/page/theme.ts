import { Store } from './store.ts';

type Theme = 'light' | 'dark';

const KEPT = 'splitbrain-theme';
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

/** Light or dark: as the reader chose with the switch, else as the system says. */
export const theme = new Store<Theme>(kept() ?? (darkSystem.matches ? 'dark' : 'light'));

document.documentElement.dataset.theme = theme.value;
theme.subscribe(() => {
  document.documentElement.dataset.theme = theme.value;
});
darkSystem.addEventListener('change', () => {
  if (!kept()) theme.set(darkSystem.matches ? 'dark' : 'light');
});

export function switchTheme(): void {
  document.documentElement.dataset.theme = theme.value === 'dark' ? 'light' : 'dark';
  theme.set(theme.value === 'dark' ? 'light' : 'dark');
  try {
    localStorage.setItem(KEPT, theme.value);
  } catch {
    // A page from disk may not be allowed to remember: then the choice lasts as long as the page.
  }
}

function kept(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEPT);
    return value === 'dark' || value === 'light' ? value : undefined;
  } catch {
    return undefined;
  }
}
