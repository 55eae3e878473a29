import { expect, it } from 'vitest';
import { sentences, sentencesIn } from '../sentences.ts';

/** Words that no sentence for a user has, and what is said instead (CONTRIBUTING.md has the glossary). */
const TABLE: readonly (readonly [words: RegExp, instead: string])[] = [
  [/\bin a circle\b/i, 'a cycle of ...'],
  [/\boverlook/i, 'misses'],
  [/went in once and came out twice/, 'was added once and came out twice'],
  [/\bnobody told any\b/, 'none of them was told'],
  [/is not there in the end/, 'is missing at the end'],
  [/long stretches are shortened/, 'gaps compressed'],
  [/too little was seen/i, 'not enough was seen'],
  [/\bthat did something\b|seen to do something/, 'was in effect; had a measured effect'],
  [/final calls were answered/, 'final calls returned'],
  [/available to nobody|nobody for sure|not for sure/, 'no availability claim; no durability claim'],
  [/\bitems are enough\b|None was gathered/, 'sufficient; no evidence was collected'],
  [/\bkept its claim\b|; it holds\b/, 'the claim of ... held; strongest that holds'],
  [/^not more:/, 'ruled out by'],
  [/has no test of its own/, 'not decidable here'],
  [/^Found by\b/, 'Checker:'],
  [/\bmeanwhile\.|^Meanwhile:|messages behind it/i, 'faults active; messages'],
  [/because of op\b/, 'caused by operation'],
  [/\bSeen (here|at)\b/, 'violated here, violated at'],
  [/places reached/, 'coverage marks'],
  [/nothing more can be left out/, 'every call and fault of which is needed'],
  [/is no folder of a finished run/, 'is not a finished run'],
  [/is no system: it needs/, 'is not a system: it needs'],
  [/Charts and tables below/, 'Faults:'],
  [/certainly stale/, 'proved stale'],
  [/^A full step held|^To the right the strongest/, 'a drawn legend; x: ...; y: ...'],
  [/was seen to know of/, 'visible at'],
  [/stands? still\b|stood still/, 'is paused'],
  [/start again with their disks/, 'restart with their disks'],
  [/nobody hears|cut and mended/, 'isolated; partitioned and healed repeatedly'],
  [/\bdoubled\b|\bnetwork doubles\b|\bloses, doubles\b|\bnor doubles\b/, 'duplicated, duplicates'],
  [/\bdie and start again\b/, 'crash and restart'],
  [/comes? along\b/, 'built-in'],
  [/\bgo on with\b/, 'resume'],
  [/\bspoils?\b/, 'injects disk faults'],
  [/^Choose two/, 'select'],
  [/is the expectation still needed/, 'remove the expectation?'],
  [/^As claimed\b/, 'All claims held'],
  [/how much more often/, 'Zipf exponent'],
  [/\bfor ever\b/, 'forever'],
  [/stands there twice/, 'occurs twice'],
  [/went in once/, 'was added once'],
  [/so .* would be before itself/, 'would precede itself'],
  [/information flows in|transactions overwrite one another/, 'circular information flow; a cycle of overwrites'],
  [/\bnot there in the end\b/, 'missing at the end'],
  [/left to right;|the order is true/, 'gaps compressed'],
  [/\bsucceeded during a .* that did/, 'while ... was in effect'],
  [/^The \d+ messages behind/, 'Messages (4)'],
  [/of all windows of a second/, 'clean in 100% of 1 s windows'],
  [/The runs behind it/, 'Runs'],
  [/\bmajority side or not struck\b|\bstruck\b/, 'affected, unaffected'],
  [/while the timeline's view lasts/, 'in the visible interval'],
  [/\bfinal calls were\b/, 'final reads returned'],
  [/^what there is: /, 'list ...'],
  [/\(s\)/, 'a plural by count'],
  [/(?<!the user )\bnobody\b|\bsomebody\b|\banybody\b|\bwhoever\b/i, 'no client, no node; some node; the caller'],
  [/was there at first/, 'is the initial value'],
  [/had ended before this began|, which came after/, 'ended before ..., the newer ...'],
  [/gone once another is written/, 'values are unique'],
  [/sees part of another/, 'sees one write of another and misses a second'],
  [/^ended before$|^same process$/, 'real time, session'],
  [/Under its lock a client made/, 'updated k5 from 15 to 54 and overwrote 44'],
  [/A replica had seen .* and then shows/, 'went back from n1:3 to n1:1'],
  [/every kind of call\b/, 'every function'],
  [/survive always|holds X\b/, 'are durable; strongest model that holds'],
];

it('sentences for users use the words of the field', () => {
  const all = sentences();
  expect(all.length).toBeGreaterThan(2000);
  const wrong = all.flatMap(({ path, line, text }) =>
    TABLE.flatMap(([words, instead]) => (words.test(text) ? [`${path}:${line}: ${text} (say ${instead})`] : [])),
  );
  expect(wrong).toEqual([]);
});

it('sentences are strings, templates and texts of JSX, and nothing else', () => {
  const text = [
    "const name = 'one';",
    '// a comment of words',
    `const said = \`\${n} runs ended\`;`,
    "const p = <p class='a b'>two words</p>;",
  ].join('\n');
  const found = sentencesIn('page.tsx', text).map(({ line, text: one }) => `${line}: ${one}`);
  expect(found).toEqual(['3: … runs ended', '4: two words']);
});
