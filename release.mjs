// Packs both packages, looks at what is in the archives, installs the one that users need in an empty folder, and
// publishes them: elle-ts first, then splitbrain, with provenance, and tags the commit unless it is the tag that a
// build is made of. `npm run release -- --dry-run` does all but the last two. `npm run release -- --home URL`, once and to be
// committed, says where the repository is, and that printed texts may name the package of the registry from then on.
// Ends with 1 and a sentence at the first thing that is not as it must be.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
process.chdir(root);
const isDry = process.argv.includes('--dry-run');
const PUBLISHED = 'cli/published.ts';
if (process.argv.includes('--home')) settle(process.argv[process.argv.indexOf('--home') + 1] ?? '');
const folder = mkdtempSync(join(tmpdir(), 'splitbrain-release-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const own = read('package.json');
const library = read('checkers/package.json');
const lock = read('package-lock.json');
const { version } = own;

said(`splitbrain and elle-ts ${version}${isDry ? ', which are not published' : ''}`);
for (const [where, found] of Object.entries({
  'checkers/package.json': library.version,
  'elle-ts in the dependencies of package.json': own.dependencies['elle-ts'],
  'package-lock.json': lock.version,
  'package-lock.json, for checkers': lock.packages.checkers.version,
}))
  if (found !== version) stop(`the version is ${version}, and ${found} in ${where}`);
if (!isDry) {
  for (const [where, { repository }] of Object.entries({ 'package.json': own, 'checkers/package.json': library }))
    if (!repository) stop(`${where} has no repository, which provenance asks for: npm run release -- --home URL`);
  const { GITHUB_REF_TYPE: type, GITHUB_REF_NAME: tag } = process.env;
  if (type === 'tag' && tag !== `v${version}`) stop(`the tag is ${tag}, and the version ${version}`);
  if (output('git', ['status', '--porcelain']) !== '') stop('there are changes that are not committed');
  if (!readFileSync('CHANGELOG.md', 'utf8').includes(`## ${version} `)) stop(`CHANGELOG.md has no section ${version}`);
}

const archives = [pack('checkers', library.name), pack('.', own.name)];
for (const archive of archives) {
  output('node_modules/.bin/publint', ['run', archive, '--strict']);
  output('node_modules/.bin/attw', [archive, '--profile', 'esm-only', '--quiet']);
}
said('publint and attw have nothing to say');
tryOut(archives[1]);

if (!isDry) {
  for (const archive of archives) output('npm', ['publish', archive, '--provenance', '--access', 'public']);
  const isTagged = output('git', ['tag', '--list', `v${version}`]) !== '';
  if (!isTagged) output('git', ['tag', `v${version}`]);
  said(isTagged ? 'published' : `published; now push the tag v${version}`);
}

/** Writes where the repository is into what is published, and into the constant that printed texts ask. */
function settle(home) {
  if (!/^https:\/\/[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(home) || home.endsWith('.git'))
    stop('--home takes the address of the repository, as https://host/owner/name');
  for (const [file, directory] of [
    ['package.json', ''],
    ['checkers/package.json', ', "directory": "checkers"'],
  ]) {
    const fields = [
      `  "repository": { "type": "git", "url": "git+${home}.git"${directory} },`,
      `  "homepage": "${home}#readme",`,
      `  "bugs": "${home}/issues",`,
    ];
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => !/^ {2}"(repository|homepage|bugs)":/.test(line));
    lines.splice(lines.findIndex((line) => line.startsWith('  "license":')) + 1, 0, ...fields);
    writeFileSync(file, lines.join('\n'));
  }
  writeFileSync(PUBLISHED, readFileSync(PUBLISHED, 'utf8').replace('boolean = false', 'boolean = true'));
  said(
    `the repository is ${home}; npx vitest run test/docs.test.ts says what README and the tutorial say otherwise now`,
  );
  process.exit(0);
}

/** Packs a package, and refuses an archive without what belongs in it, or with what does not. */
function pack(place, name) {
  output('npm', ['pack', '--silent', '--pack-destination', folder], place);
  const archive = join(folder, `${name}-${version}.tgz`);
  const files = output('tar', ['tzf', archive]).split('\n').filter(Boolean);
  for (const needed of ['package.json', 'README.md', 'LICENSE'])
    if (!files.includes(`package/${needed}`)) stop(`${name} has no ${needed}`);
  const stray = files.filter((file) => /\/dist\/(test|bench)\/|tsbuildinfo|page-built/.test(file));
  if (stray.length > 0) stop(`${name} has ${stray[0]}, and ${stray.length - 1} more of its kind`);
  if (!files.some((file) => file.startsWith('package/dist/'))) stop(`${name} was not built`);
  said(`${name}: ${files.length} files`);
  return archive;
}

/** What somebody does who has the archive and nothing else. */
function tryOut(archive) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  output('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', archive], folder);
  if (output('npx', ['splitbrain', '--version'], folder).trim() !== version)
    stop('the installed command has another version');
  const [, example] = /^```js run\n([\s\S]*?)^```$/m.exec(readFileSync('README.md', 'utf8'));
  writeFileSync(join(folder, 'my.mjs'), example);
  const args = [
    'splitbrain',
    'run',
    '--system',
    './my.mjs#backup',
    '--faults',
    'crash',
    '--cluster',
    'simulation',
    '--seed',
    '7',
  ];
  const { status, stderr } = spawnSync('npx', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 1) stop(`README's example ended with ${status}, not with 1: ${stderr}`);
  if (!existsSync(join(folder, 'results/latest/report.html'))) stop('the run left no report');
  said("the archive alone is enough: README's example is found wrong in an empty folder");
}

function output(command, args, cwd = root) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return stop(`${command} ${args.join(' ')}: ${error.stdout}${error.stderr}`);
  }
}

function said(text) {
  process.stdout.write(`${text}\n`);
}

function stop(why) {
  process.stderr.write(`error: ${why}\n`);
  process.exit(1);
}
