/** The clinical checks in a page of their own: `window.checkNotes` judges and times notes. */
import { checkNote, type CheckedNote } from "../src/scribe/checks/index.ts";

interface Case {
  dialogue: string;
  note: string;
}

interface Timed {
  checked: CheckedNote;
  /** The fastest of the rounds: what else the machine did is not the checks' doing. */
  milliseconds: number;
}

declare global {
  interface Window {
    checkNotes: (cases: readonly Case[], rounds: number) => Timed[];
  }
}

window.checkNotes = (cases, rounds) =>
  cases.map(({ dialogue, note }) => {
    const run = (): Timed => {
      const begun = performance.now();
      const checked = checkNote(dialogue, note);
      return { checked, milliseconds: performance.now() - begun };
    };
    const runs = Array.from({ length: rounds }, run);
    return runs.reduce((best, next) => (next.milliseconds < best.milliseconds ? next : best));
  });
