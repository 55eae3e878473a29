import { judge, readHistory } from 'elle-ts';

// Each of two processes writes one register and then misses the other's write.
const { history } = readHistory(`
  {"process": 0, "type": "invoke", "f": "write", "value": ["x", 1]}
  {"process": 0, "type": "ok",     "f": "write", "value": ["x", 1]}
  {"process": 1, "type": "invoke", "f": "write", "value": ["y", 2]}
  {"process": 1, "type": "ok",     "f": "write", "value": ["y", 2]}
  {"process": 0, "type": "invoke", "f": "read",  "value": ["y", null]}
  {"process": 0, "type": "ok",     "f": "read",  "value": ["y", null]}
  {"process": 1, "type": "invoke", "f": "read",  "value": ["x", null]}
  {"process": 1, "type": "ok",     "f": "read",  "value": ["x", null]}
`);

const judgement = judge(history);
console.log(judgement.type, 'holds:', judgement.strongest);
const broken = judgement.anomalies.find(({ name }) => name === 'not-sequential');
for (const step of broken?.steps ?? []) console.log('-', step);
