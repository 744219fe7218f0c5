import type { EngineChoice } from "../../engine/types.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

const CHOICES: readonly EngineChoice[] = ["auto", "cpu", "gpu"];

/** The engine that runs the model; the same choice stands in the status bar and the model panel. */
export function EngineSelect({ session, label }: { session: Session; label: string }) {
  return (
    <label>
      {label}{" "}
      <select
        value={session.engine.value}
        onChange={(event) => session.choose({ engine: event.currentTarget.value as EngineChoice })}
      >
        {CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {texts.engine.choices[choice]}
          </option>
        ))}
      </select>
    </label>
  );
}
