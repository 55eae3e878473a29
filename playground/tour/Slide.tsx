import type { Engine } from '../engine/engine.ts';
import { Broken } from './Broken.tsx';
import type { Block, Chapter } from './chapter.ts';
import { CostTable, Prose } from './Prose.tsx';
import { Sound } from './Sound.tsx';

/** The tour's page of a slide: what it says, what breaks it, what a sound version does, and what that costs. */
export function Slide({ chapter, engine }: { readonly chapter: Chapter; readonly engine: Engine }) {
  return (
    <>
      <Part id="says" title="What the slide says" blocks={chapter.says} engine={engine} />
      <Part id="shows" title="What breaks it" blocks={chapter.shows} engine={engine} />
      <Part id="sound" title="What a sound version does" blocks={chapter.sound} engine={engine}>
        <Sound chapter={chapter} engine={engine} />
      </Part>
      <Part id="costs" title="What that costs" blocks={chapter.costs} engine={engine} />
    </>
  );
}

function Part(props: {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly engine: Engine;
  readonly children?: preact.ComponentChildren;
}) {
  const { id, title, blocks, engine } = props;
  return (
    <section id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <h2 id={`${id}-title`}>{title}</h2>
      {blocks.map((block, place) => {
        if (block.kind === 'example') return <Broken key={block.file} example={block} engine={engine} />;
        if (block.kind === 'costs') return <CostTable key={`${place}`} costs={block} />;
        return <Prose key={`${place}`} parts={block.parts} />;
      })}
      {props.children}
    </section>
  );
}
