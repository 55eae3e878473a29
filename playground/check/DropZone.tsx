import { useState } from 'preact/hooks';
import { chosen, dropped } from './dropped.ts';
import type { Dropped } from './protocol.ts';

interface DropZoneProps {
  onFiles(files: readonly Dropped[]): void;
}

/** Where files and folders are dropped, or chosen with the keyboard. */
export function DropZone({ onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const take = (files: readonly Dropped[]) => {
    if (files.length > 0) onFiles(files);
  };
  const choose = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    take(chosen(input.files as FileList));
    // The same file may be chosen again, when it has changed.
    input.value = '';
  };
  return (
    <section
      class={over ? 'drop over' : 'drop'}
      aria-label="Histories"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void dropped(event.dataTransfer).then(take);
      }}
    >
      <p>Drop history files or a folder here, plain or gzipped</p>
      <p class="choose">
        <label class="button">
          Choose files
          <input type="file" multiple onChange={choose} />
        </label>
        <label class="button">
          Choose a folder
          <input type="file" multiple onChange={choose} ref={(input) => input?.setAttribute('webkitdirectory', '')} />
        </label>
      </p>
    </section>
  );
}
