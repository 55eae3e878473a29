/** One run for the page to show, of whatever design. */
import { simulateDesign } from '../../harness/clusters/simulation/simulate-design.ts';
import { type Planned, partsOf } from '../../harness/explore/trial.ts';
import type { Run } from '../../harness/judging/result.ts';
import { identityText } from '../../harness/node/identity.ts';
import { workersOf } from '../../harness/running/workers.ts';
import { commandOf } from '../../harness/setting/command.ts';
import { historyBytes } from '../../report/columns.ts';
import { shownMessages } from '../../report/messages.ts';
import { runPage } from '../../report/run-page.ts';
import type { Made } from './messages.ts';
import { type DesignSubject, plannedOf } from './planned.ts';
import type { Scenario } from './scenario.ts';

/** Runs and judges, with everything that the page shows. */
export function madeOf(scenario: Scenario, subject: DesignSubject): Made {
  const began = performance.now();
  const planned = plannedOf(scenario, subject);
  const run = journalled(planned, subject);
  const isDrawn = Object.keys(scenario.given).length === 0;
  const command = isDrawn
    ? commandOf({ setting: scenario.setting, workload: subject.workload })
    : 'splitbrain replay FILE';
  const logs = Object.fromEntries([...run.logs].map(([node, lines]) => [node, lines.join('\n')]));
  return {
    page: runPage({ ...run, logs, command }, run.messages.length),
    operations: historyBytes(run.history, workersOf(run)),
    messages: shownMessages(run.messages),
    planned,
    trace: identityText(run.trace),
    tookMs: performance.now() - began,
  };
}

function journalled(planned: Planned, subject: DesignSubject): Run {
  return simulateDesign({ ...subject, ...partsOf(planned), journal: true, claimsOnly: false });
}
