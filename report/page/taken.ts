/** Takes the text of a script of data and removes it: a million operations need not be held twice. */
export function taken(id: string): string {
  const element = document.getElementById(id);
  const text = element?.textContent ?? '';
  element?.remove();
  return text;
}
