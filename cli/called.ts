/** How a person calls the command line: what printed commands begin with, so that they work as they are printed. */

/** Where splitbrain is installed from a folder, an archive or a registry; whoever publishes it looks here first. */
const INSTALLED = 'npx splitbrain';
const IN_CHECKOUT = 'npm start --';

/** The commands, in the order in which help lists them. */
export const COMMANDS = [
  'demo',
  'run',
  'campaign',
  'merge',
  'worker',
  'compare',
  'trend',
  'check',
  'explore',
  'replay',
  'shrink',
  'convert',
  'report',
  'serve',
  'playground',
  'init',
  'list',
  'models',
  'conform',
  'isolation',
  'doctor',
  'completion',
] as const;

/** Whether this is `npm start` in a checkout. */
export const isNpmStart = process.env.npm_lifecycle_event === 'start' && process.env.npm_package_name === 'splitbrain';

export const called = isNpmStart ? IN_CHECKOUT : INSTALLED;

const COMMAND = new RegExp(`(?<![\\w/.@-])(?:npx )?splitbrain (?=(?:${COMMANDS.join('|')}|--version|--help)\\b)`, 'g');

/** The text with its commands as they are typed here: `npx splitbrain run`. What is stored says `splitbrain run`. */
export function typed(text: string): string {
  return text.replace(COMMAND, `${called} `);
}
