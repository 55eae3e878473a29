import { useStore } from '../../report/page/store.ts';
import { designOf } from '../page/choices.ts';
import type { Session } from '../page/session.ts';
import { Edit } from './Edit.tsx';

/** The code of the design that is chosen. */
export function EditChosen({ session }: { readonly session: Session }) {
  const scenario = useStore(session.scenario);
  return <Edit session={session} design={designOf(session.catalogue, scenario)} />;
}
