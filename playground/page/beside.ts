/**
 * Scripts that lie beside the page, and are run when somebody asks for what is in them. In the one-file form their
 * texts are inside, in elements that do not run; the page's policy names each by its hash.
 */
const loading = new Map<string, Promise<void>>();

/** Runs the script of this name, once. Rejects with a sentence where it is not there. */
export function loadBeside(name: string): Promise<void> {
  const known = loading.get(name) ?? loaded(name);
  loading.set(name, known);
  return known;
}

function loaded(name: string): Promise<void> {
  const script = document.createElement('script');
  const inside = document.getElementById(`beside ${name}`);
  if (inside) {
    script.textContent = inside.textContent;
    document.head.append(script);
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    script.src = `./${name}`;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`The file ${name} is to lie beside this page, and cannot be read.`));
    document.head.append(script);
  });
}
