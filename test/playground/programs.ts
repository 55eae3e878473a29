/** Random programs of `async` functions and promises, as text: the same text runs natively and lowered. */
import { drawsFrom } from '../../harness/setting/random.ts';

/** How `async` functions are written: as such, or as what the build makes of them. */
export type Style = 'native' | 'lowered';

/** The text of a function's body. It is given `log(...values)`, `carrier` and `later(task)`, and begins at once. */
export function drawProgram(seed: number, style: Style = 'native'): string {
  const awaited = (text: string) => (style === 'native' ? `await ${text}` : `(yield ${text})`);
  const task = (text: string) =>
    style === 'native' ? `async () => { ${text} }` : `asynchronous(function* () { ${text} })`;
  const named = (name: string, text: string) =>
    style === 'native'
      ? `async function ${name}(a) { ${text} }`
      : `const ${name} = asynchronous(function* (a) { ${text} });`;
  const draw = drawsFrom(seed);
  const next = () => draw('program');
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!;
  let names = 0;
  const fresh = (prefix: string) => `${prefix}${names++}`;
  const functions: string[] = [];
  const promises: string[] = [];

  function value(depth: number): string {
    const choices: (() => string)[] = [() => `${below(100)}`, () => `Promise.resolve(${below(100)})`];
    if (depth > 0) {
      const inner = () => value(depth - 1);
      const list = () => `[${Array.from({ length: below(4) }, inner).join(', ')}]`;
      choices.push(
        () => `new Promise((yes) => yes(${inner()}))`,
        () => `new Promise((yes, no) => { log('new ${below(100)}'); ${pick(['no', 'yes'])}(${inner()}); })`,
        () => `thenable(${below(100)}, ${inner()})`,
        () => `Promise.reject(${below(100)})`,
        () => `Promise.${pick(['all', 'race', 'any', 'allSettled'])}(${list()})`,
        () => `Promise.resolve(${inner()}).then(${handler(depth)}, ${pick(['undefined', handler(depth)])})`,
        () => `Promise.resolve(${inner()}).catch(${handler(depth)})`,
        () => `Promise.resolve(${inner()}).finally(${handler(depth)})`,
        () => `Promise.resolve(${inner()}).then(${handler(depth)}).finally(${handler(depth)})`,
        () => `carrier.run('c${below(9)}', () => ${inner()})`,
        () => `(${task(block(depth - 1))})()`,
      );
      if (functions.length > 0) choices.push(() => `${pick(functions)}(${inner()})`);
      if (promises.length > 0)
        choices.push(
          () => pick(promises),
          () => pick(promises),
        );
    }
    return pick(choices)();
  }

  function handler(depth: number): string {
    const says = fresh('h');
    const rest = pick([
      () => '',
      () => `return ${value(depth - 1)};`,
      () => `throw ${below(100)};`,
      () => `carrier.enterWith('e${below(9)}');`,
    ])();
    return `(v) => { log('${says}', v); ${rest} }`;
  }

  function block(depth: number): string {
    return Array.from({ length: 1 + below(4) }, () => statement(depth)).join(' ');
  }

  function statement(depth: number): string {
    const says = fresh('s');
    const choices: (() => string)[] = [
      () => `log('${says}');`,
      () => `log('${says}', ${awaited(value(depth))});`,
      () => `${awaited(value(depth))};`,
    ];
    if (depth > 0)
      choices.push(
        () => `try { ${block(depth - 1)} } catch (e) { log('${says}', e); ${pick(['', block(depth - 1)])} }`,
        () => `try { ${block(depth - 1)} } finally { log('${says}'); ${pick(['', `${awaited(value(depth - 1))};`])} }`,
        () => `for (let i = 0; i < ${below(3)}; i++) { ${block(depth - 1)} }`,
        () => `if (${pick(['true', 'false'])}) return ${value(depth - 1)};`,
        () => `if (${pick(['true', 'false', 'false'])}) throw ${below(100)};`,
        () => `carrier.enterWith('w${below(9)}');`,
        () => `${awaited(`carrier.run('r${below(9)}', ${task(block(depth - 1))})`)};`,
        () => `keep(${value(depth)});`,
      );
    return pick(choices)();
  }

  const lines: string[] = [];
  for (let i = 0; i < 1 + below(3); i++) {
    const name = fresh('f');
    lines.push(named(name, `log('${name}', a); ${block(2)} return ${value(1)};`));
    functions.push(name);
  }
  for (let i = 0; i < 1 + below(3); i++) {
    const name = fresh('p');
    lines.push(`const ${name} = ${value(3)};`);
    promises.push(name);
  }
  for (let i = 0; i < 1 + below(3); i++)
    lines.push(`keep(carrier.run('root${i}', () => ${pick(functions)}(${value(2)})));`);
  return lines.join('\n');
}

/** What every program finds around it: thenables that are no promises, and the last value of what is kept. */
export const PRELUDE = `
const thenable = (says, value) => ({ then(yes) { log('then', says); yes(value); } });
const keep = (value) => { Promise.resolve(value).then((v) => log('kept', v), (e) => log('lost', e)); };
`;
