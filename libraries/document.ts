/**
 * What a library's documents can do, in one form for all of them: a document is edited in memory, tells its edits as
 * updates in bytes, takes in those of others in any order and any number of times, and says what it has.
 */

/** Who edits: what the library calls its client, peer or actor. */
export interface Editor {
  /** A number below 2^48 that no two editors share, where they are kept apart. */
  readonly id: number;
  /** The wall clock in whole ms, as `Date.now` has it, for libraries that stamp edits with it. */
  now(): number;
}

/** One document; `Content` is the library's own type, which edits and reads are given. */
export interface Document<Content> {
  /** Makes an edit in memory. Returns the update that tells of it; undefined where nothing was changed. */
  edit(change: (content: Content) => void): Uint8Array | undefined;
  read<T>(look: (content: Content) => T): T;
  /**
   * Takes in an update, which may have been taken in before, or refer to one that comes later. Returns an update
   * that tells of all that is there now and was not before; undefined where that is nothing.
   */
  apply(update: Uint8Array): Uint8Array | undefined;
  /** What it has, as the library says it to a peer. */
  version(): Uint8Array;
  /** What it has and a document of this version, or an empty one, has not; undefined where that is nothing. */
  since(version: Uint8Array | undefined): Uint8Array | undefined;
  /** Gives its memory back, where the library is WebAssembly. */
  free(): void;
}

/** A library, and how its documents do what the datatypes ask. Those that it has no type for are left out. */
export interface Library<Content = unknown> {
  /** Its name in npm. */
  readonly name: string;
  /** The first part of its designs' names. */
  readonly short: string;
  /** A new, empty document. Everybody's is the same before the first edit. */
  create(editor: Editor): Document<Content>;
  readonly list?: Sequence<Content>;
  readonly text?: Text<Content>;
  readonly map?: Entries<Content>;
  /** Maps in which an entry that one sets while another removes it is there afterwards: their keys are a set. */
  readonly set?: Entries<Content>;
  /** Maps whose keys people take for a set, though a removal can win over an addition that it never knew of. */
  readonly setOfKeys?: Entries<Content>;
  /** What is wrong with the library itself, and how the names of the designs end that show it: there are no others. */
  readonly flaw?: { readonly ends: string; readonly says: string; readonly anomaly: string };
  readonly siblings?: Siblings<Content>;
  readonly counter?: Counter<Content>;
}

/** A list of values, by position. */
export interface Sequence<Content> {
  insert(content: Content, at: number, values: readonly string[]): void;
  remove(content: Content, at: number, length: number): void;
  read(content: Content): readonly string[];
}

/** A text, by position in UTF-16 code units. */
export interface Text<Content> {
  insert(content: Content, at: number, letters: string): void;
  remove(content: Content, at: number, length: number): void;
  read(content: Content): string;
  /** What the library calls a letter, which stays as it is; the letters of one insertion are counted up. */
  nameAt(content: Content, at: number): LetterName;
  /** A map beside the text, in the same document. */
  readonly runs: Entries<Content>;
}

interface LetterName {
  readonly editor: string;
  readonly count: number;
}

/** A map. */
export interface Entries<Content> {
  set(content: Content, key: string, value: string): void;
  remove(content: Content, key: string): void;
  get(content: Content, key: string): string | undefined;
  keys(content: Content): readonly string[];
}

/** A register that shows all that was written at the same time. */
export interface Siblings<Content> {
  set(content: Content, value: string): void;
  all(content: Content): readonly string[];
}

/** A counter that goes up and down. */
export interface Counter<Content> {
  add(content: Content, by: number): void;
  value(content: Content): number;
}

/** The bytes of a text that `textOf` made. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** Bytes as messages and disks carry them. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
