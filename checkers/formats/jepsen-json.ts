import { HistoryError } from './history-error.ts';
import { jepsenEvent } from './jepsen.ts';
import { parseJson } from './json.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

/** Reads Jepsen's histories in JSON, as elle-cli takes them: one array of operation objects, which is read object by object. */
export function jepsenJsonReader(): Reader {
  const pairing = new Pairing();
  const elements = new Elements((text, line) => jepsenEvent(parsed(text, line), pairing, line));
  return {
    push: (text) => elements.push(text),
    end() {
      elements.end();
      return { history: pairing.end(), lineOf: (start) => pairing.lineOf(start), notes: [], format: 'json' };
    },
  };
}

function parsed(text: string, line: number): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new HistoryError(`not JSON (${error instanceof Error ? error.message : error})`, line);
  }
}

/** Cuts the text of a JSON array into the texts of its elements, without reading them: only brackets and strings count. */
class Elements {
  private readonly each: (text: string, line: number) => void;
  private text = '';
  private at = 0;
  private line = 1;
  private depth = 0;
  private began = -1;
  private beganLine = 1;
  private inString = false;
  private over = false;

  constructor(each: (text: string, line: number) => void) {
    this.each = each;
  }

  push(chunk: string): void {
    const keep = this.began < 0 ? this.at : this.began;
    this.text = this.text.slice(keep) + chunk;
    this.at -= keep;
    if (this.began >= 0) this.began = 0;
    for (; this.at < this.text.length; this.at++) this.character(this.text.charCodeAt(this.at));
  }

  end(): void {
    if (!this.over) throw new HistoryError('the text ends inside the array', this.line);
  }

  private character(code: number): void {
    if (code === 10) this.line++;
    if (this.inString) this.stringCharacter(code);
    else if (code > 32) this.plainCharacter(code);
  }

  private stringCharacter(code: number): void {
    if (code === 92) this.at++;
    else if (code === 34) this.inString = false;
  }

  private plainCharacter(code: number): void {
    if (this.over) throw new HistoryError('something follows the array', this.line);
    if (this.depth === 0 && code !== 91) throw new HistoryError('a history in JSON is an array of objects', this.line);
    const closes = code === 93 || code === 125;
    if (this.depth === 1 && (code === 44 || closes)) this.element();
    else if (this.depth === 1 && this.began < 0) {
      this.began = this.at;
      this.beganLine = this.line;
    }
    if (code === 34) this.inString = true;
    else if (code === 91 || code === 123) this.depth++;
    else if (closes && --this.depth === 0) this.over = true;
  }

  private element(): void {
    if (this.began < 0) return;
    this.each(this.text.slice(this.began, this.at), this.beganLine);
    this.began = -1;
  }
}
