import { HistoryError } from './history-error.ts';
import { LONGEST, type ReadOptions, tooLong } from './options.ts';

/** Where the elements lie that are cut out. */
export interface Place {
  /** 1: elements of one array. 2: elements of an array's arrays, its groups. */
  readonly level: 1 | 2;
  /** The outermost array may be this member of one object instead of the whole text. */
  readonly member?: string;
  /** What the text is, for errors: "a history in JSON is an array of objects". */
  readonly says: string;
}

/**
 * Cuts the text of a JSON array into the texts of its elements, without reading them: only brackets
 * and strings count. Chunks may have any size; what is kept is the element that is not complete yet.
 */
export class JsonElements {
  /** How many groups have begun, at level 2. */
  groups = 0;
  private readonly place: Place;
  private readonly longest: number;
  private readonly each: (text: string, line: number) => void;
  private text = '';
  private at = 0;
  private line = 1;
  private depth = 0;
  /** How many brackets enclose the outermost array; undefined before the first bracket. */
  private base: number | undefined;
  /** Inside of the outermost array. */
  private inside = false;
  private found = false;
  /**
   * Where in the chunk the element began that is not complete yet;
   * 0 where it began in an earlier one, and -1 where there is none.
   */
  private began = -1;
  private before: string[] = [];
  private beforeLength = 0;
  private beganLine = 1;
  private inString = false;
  private afterComma = false;
  private member = '';
  private over = false;

  constructor(place: Place, options: ReadOptions | undefined, each: (text: string, line: number) => void) {
    this.place = place;
    this.longest = options?.longest ?? LONGEST;
    this.each = each;
  }

  push(chunk: string): void {
    // An escape at the end of the last chunk reaches one character into this one.
    this.at -= this.text.length;
    this.text = chunk;
    for (; this.at < chunk.length; this.at++) this.character(chunk.charCodeAt(this.at));
    if (this.began < 0) return;
    this.before.push(chunk.slice(this.began));
    this.beforeLength += chunk.length - this.began;
    this.began = 0;
    if (this.beforeLength > this.longest)
      throw new HistoryError(tooLong('what begins here', this.longest), this.beganLine);
  }

  /** Ends the text; returns the text of the element that it breaks off in, or undefined where it is complete. */
  end(): { readonly cut: string; readonly line: number } | undefined {
    if (this.over && this.base === 1 && !this.found) throw new HistoryError(this.place.says);
    return this.over ? undefined : { cut: this.before.join(''), line: this.line };
  }

  /** The text from where an element or a member's name began up to here. */
  private taken(): string {
    const text = this.before.join('') + this.text.slice(this.began, this.at);
    this.before = [];
    this.beforeLength = 0;
    this.began = -1;
    return text;
  }

  private character(code: number): void {
    if (code === 10) this.line++;
    if (this.inString) this.stringCharacter(code);
    else if (code > 32) this.plainCharacter(code);
  }

  private stringCharacter(code: number): void {
    if (code === 92) this.at++;
    else if (code === 34) {
      this.inString = false;
      if (this.depth === 1 && this.base === 1) this.endMember();
    }
  }

  private plainCharacter(code: number): void {
    if (this.over) throw new HistoryError('something follows the history', this.line);
    const opens = code === 91 || code === 123;
    const closes = code === 93 || code === 125;
    if (this.base === undefined) this.begin(code);
    else if (this.inside) this.inArray(code, closes);
    else if (this.depth === 1) this.inObject(code);
    if (code === 34) this.inString = true;
    else if (opens) this.depth++;
    else if (closes) this.close();
  }

  /** The first character of the text. */
  private begin(code: number): void {
    const { member, says } = this.place;
    if (code !== 91 && !(code === 123 && member !== undefined)) throw new HistoryError(says, this.line);
    this.base = code === 91 ? 0 : 1;
    this.inside = code === 91;
  }

  /** Between the members of the object that has the array. */
  private inObject(code: number): void {
    if (code === 93) throw this.misplaced(code);
    if (code === 34) this.began = this.at;
    if (code !== 91 || this.member !== this.place.member) return;
    if (this.found) throw new HistoryError(`"${this.member}" occurs twice`, this.line);
    this.inside = true;
    this.found = true;
  }

  /** A string directly in the object: a member's name, or a value, which no array follows. */
  private endMember(): void {
    this.member = this.taken().slice(1);
  }

  private inArray(code: number, closes: boolean): void {
    const inner = this.depth - (this.base as number) - this.place.level;
    if (inner > 0) return;
    if (code === 125) throw this.misplaced(code);
    if (inner < 0) this.betweenGroups(code, closes);
    else if (code === 44 || closes) this.element(code);
    else if (this.began < 0) {
      this.began = this.at;
      this.beganLine = this.line;
    }
  }

  private betweenGroups(code: number, closes: boolean): void {
    if (code === 91) this.groups++;
    else if (code !== 44 && !closes) throw new HistoryError(this.place.says, this.line);
    this.afterComma = false;
  }

  private close(): void {
    this.depth--;
    if (this.depth === this.base) this.inside = false;
    if (this.depth === 0) this.over = true;
  }

  private element(code: number): void {
    if (this.began >= 0) this.each(this.taken(), this.beganLine);
    else if (code === 44 || this.afterComma) throw this.misplaced(code);
    this.afterComma = code === 44;
  }

  private misplaced(code: number): HistoryError {
    return new HistoryError(`not JSON ("${String.fromCharCode(code)}" stands where a value should)`, this.line);
  }
}

/**
 * What is said of an array that breaks off. A crash cuts off one element, whose `member` is there at most once;
 * a text in which several elements follow without an end is broken somewhere in its middle: a `HistoryError`.
 */
export function cutNote({ cut, line }: { readonly cut: string; readonly line: number }, member: string): string {
  if (cut.split(member).length > 2) throw new HistoryError('the text ends inside the array', line);
  return `line ${line} is cut off: the history ends before it`;
}
