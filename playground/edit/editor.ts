/** What is loaded when somebody wants to edit: the editor, and what lowers and runs the code. */

import sandbox from 'splitbrain:sandbox';
import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import type { Scenario } from '../engine/scenario.ts';
import { loweredEdited } from './lowered.ts';
import { type Answer, runEdited } from './runner.ts';

/** An editor that is on the page. */
export interface Editing {
  text(): string;
  replace(text: string): void;
  /** Puts the cursor there and brings the line into view. */
  show(line: number, focus?: boolean): void;
  end(): void;
}

/** What the script leaves for the page. */
export interface EditorScript {
  mount(place: HTMLElement, text: string, changed: (text: string) => void): Editing;
  run(code: string, scenario: Scenario): Promise<Answer>;
}

const look = EditorView.theme({
  '&': { height: '26rem', backgroundColor: 'var(--panel)', color: 'var(--text)', fontSize: '13px' },
  '.cm-panels, .cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--text)' },
  '.cm-button, .cm-textfield': {
    background: 'var(--page)',
    color: 'var(--text)',
    border: '1px solid var(--muted)',
    borderRadius: '4px',
  },
  '.cm-gutters': { backgroundColor: 'var(--stripe)', color: 'var(--muted)', border: 'none' },
  '.cm-content': { caretColor: 'var(--text)' },
  '&.cm-focused .cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--stripe)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--fault) !important' },
});

/** By the page's colours, which are made for light and dark. */
const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--muted)' },
  { tag: tags.keyword, color: 'var(--fault-text)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.definition(tags.variableName), tags.definition(tags.propertyName)], color: 'var(--accent)' },
]);

function mount(place: HTMLElement, text: string, changed: (text: string) => void): Editing {
  // In a shadow root its styles are objects, which the page's policy allows, and no elements.
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const view = new EditorView({
    doc: text,
    parent: root,
    root,
    extensions: [
      basicSetup,
      javascript(),
      look,
      syntaxHighlighting(colours),
      EditorView.contentAttributes.of({ 'aria-label': 'The code of the design', tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    replace: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    show(number, focus = false) {
      const line = view.state.doc.line(Math.max(1, Math.min(number, view.state.doc.lines)));
      view.dispatch({
        selection: { anchor: line.from },
        effects: EditorView.scrollIntoView(line.from, { y: 'start' }),
      });
      if (focus) view.focus();
    },
    end: () => view.destroy(),
  };
}

const script: EditorScript = {
  mount,
  async run(code, scenario) {
    const one = loweredEdited(code);
    return 'error' in one ? one : runEdited(sandbox, one.code, scenario);
  },
};
(globalThis as { splitbrainEditor?: EditorScript }).splitbrainEditor = script;
