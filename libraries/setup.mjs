// Installs the libraries that package-lock.json names here, without their scripts, and checks the types of the designs.
import { fileURLToPath } from 'node:url';
import { install, run } from '../install.mjs';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
await install('the libraries');
run(process.execPath, ['../node_modules/typescript/bin/tsc', '-p', '.']);
