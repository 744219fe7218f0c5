import { useState } from "preact/hooks";

import type { Session } from "../session.ts";
import { loadSigner, saveSigner } from "../signer.ts";
import { texts } from "../texts.ts";
import { Stage } from "./export-stage.tsx";

/** The clinician's name under the note, which it locks. */
export function SignStage({ session }: { session: Session }) {
  const [name, setName] = useState(loadSigner);
  const [problem, setProblem] = useState("");
  const text = texts.export.sign;
  const sign = async (): Promise<void> => {
    const typed = name.trim();
    if (typed === "") {
      setProblem(text.nameMissing);
      document.getElementById("signer")?.focus();
      return;
    }
    saveSigner(typed);
    if (!(await session.exporter.sign(typed))) setProblem(text.failed);
  };
  return (
    <Stage session={session} heading={text.heading}>
      <p>{text.what}</p>
      <form
        class="sign"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void sign();
        }}
      >
        <label for="signer">{text.name}</label>
        <input
          id="signer"
          type="text"
          maxLength={200}
          autocomplete="off"
          required
          aria-describedby="signer-remark signer-problem"
          aria-invalid={problem !== ""}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p class="remark" id="signer-remark">
          {text.remark}
        </p>
        <p class="caution" id="signer-problem" role="alert">
          {problem}
        </p>
        <p class="buttons">
          <button type="submit" class="primary">
            {text.action}
          </button>
        </p>
      </form>
    </Stage>
  );
}
