/** One life of a node: its child, its line, and the few moments in it that others wait for. */
import type { NodeId } from '../../../systems/node.ts';
import { launch, tailOf } from '../children/launch.ts';
import type { Child } from '../children/start.ts';
import type { Line, LineEnd, Lines } from './lines.ts';
import type { ChildSetting, FromChild } from './protocol.ts';

/** Who is told of what happens in a life. */
export interface NodeObserver {
  heard(life: Life, entry: FromChild): void;
  /**
   * The child ended unasked or broke the contract; the reason
   * is the end of a sentence that begins with the node's name.
   */
  broke(life: Life, reason: string): void;
}

/** How long a child whose line is gone may take to end. */
const LAST_MOMENT_MS = 2000;

export class Life implements LineEnd {
  readonly node: NodeId;
  readonly child: Child;
  readonly line: Line;
  readonly logFile: string;
  /** Resolves when the child has connected, or has ended without. */
  readonly up: Promise<void>;
  /** Resolves when the system has started, or the child has ended without. */
  readonly ready: Promise<void>;
  readonly over: Promise<void>;
  isUp = false;
  isReady = false;
  isOver = false;
  private asked = false;
  private readonly observer: NodeObserver;
  private wentUp: () => void = () => {};
  private becameReady: () => void = () => {};

  constructor(setting: ChildSetting, logFile: string, mark: string, lines: Lines, observer: NodeObserver) {
    this.node = setting.id;
    this.logFile = logFile;
    this.observer = observer;
    this.up = new Promise((resolve) => {
      this.wentUp = resolve;
    });
    this.ready = new Promise((resolve) => {
      this.becameReady = resolve;
    });
    this.line = lines.expect(setting.token, this);
    this.child = launch(setting, logFile, mark);
    this.over = this.child.ended.then((how) => this.end(how));
  }

  /** Kills the child, its group included, and waits until it is gone. */
  kill(): Promise<void> {
    this.asked = true;
    this.child.signal('SIGKILL');
    this.line.close();
    return this.over;
  }

  connected(): void {
    this.isUp = true;
    this.wentUp();
  }

  heard(entries: readonly FromChild[]): void {
    for (const entry of entries) {
      if (entry[0] === 'ready') {
        this.isReady = true;
        this.becameReady();
      } else this.observer.heard(this, entry);
    }
  }

  broke(reason: string): void {
    if (!this.asked) this.observer.broke(this, reason);
  }

  lost(reason: string): void {
    // The operating system may tell of the line's end before it tells of the child's, which says more.
    const late = setTimeout(() => this.broke(reason), LAST_MOMENT_MS);
    void this.over.then(() => clearTimeout(late));
  }

  /** The last lines that it wrote, for an error message. */
  logTail(): string {
    return tailOf(this.logFile, 4000).trimEnd().split('\n').slice(-12).join('\n');
  }

  private end(how: string): void {
    this.isOver = true;
    this.line.close();
    this.wentUp();
    this.becameReady();
    if (!this.asked) this.observer.broke(this, `ended by itself (${how})`);
  }
}
