/** Choices in the order in which they are decided: those of the last conflicts first (Ryan, "siege", 2004). */
export class MoveToFront {
  private readonly newer: number[] = [];
  private readonly older: number[] = [];
  private newest = -1;
  private cursor = -1;

  /** Takes all choices, in the order in which they are to be decided. */
  reset(choices: readonly number[]): void {
    while (this.newer.length < choices.length) {
      this.newer.push(-1);
      this.older.push(-1);
    }
    choices.forEach((choice, at) => {
      this.newer[choice] = choices[at - 1] ?? -1;
      this.older[choice] = choices[at + 1] ?? -1;
    });
    this.newest = choices[0] ?? -1;
    this.cursor = this.newest;
  }

  /** Puts the next choice in front. */
  add(): void {
    const choice = this.newer.length;
    this.newer.push(-1);
    this.older.push(this.newest);
    if (this.newest >= 0) this.newer[this.newest] = choice;
    this.newest = choice;
    this.cursor = choice;
  }

  /** The first choice of which `isOpen` says so, or -1. */
  next(isOpen: (choice: number) => boolean): number {
    while (this.cursor >= 0 && !isOpen(this.cursor)) this.cursor = this.older[this.cursor];
    return this.cursor;
  }

  /** All choices may be open again. */
  rewind(): void {
    this.cursor = this.newest;
  }

  /** Moves a choice to the front. */
  renew(choice: number): void {
    if (this.newest === choice) return;
    const newer = this.newer[choice];
    const older = this.older[choice];
    if (this.cursor === choice) this.cursor = older;
    if (newer >= 0) this.older[newer] = older;
    if (older >= 0) this.newer[older] = newer;
    this.older[choice] = this.newest;
    this.newer[choice] = -1;
    this.newer[this.newest] = choice;
    this.newest = choice;
  }
}
