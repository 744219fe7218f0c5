import { describe, expect, it } from "vitest";

import { makeNote, readyStage } from "./fakes.ts";

const mask = (transcript: string) => ({
  text: transcript.replaceAll("Ada", "[NAME-1]"),
  restore: (text: string) => text.replaceAll("[NAME-1]", "Ada"),
});

describe("masking", () => {
  it("hides names from the model alone: streamed text, note and checks have them", async () => {
    const { session, client, settle } = await readyStage("", { mask });
    session.type("[patient] I am Ada.");
    session.masking.value = true;
    session.generate();
    const { request, update, reply } = client().notes[0]!;
    expect(request.transcript).toBe("[patient] I am [NAME-1].");
    update({ note: makeNote("[NAME-1] is", "writing") });
    expect(session.note.value?.sections[0]?.text).toBe("Ada is");
    reply({ ok: true, value: makeNote("[NAME-1] is well.", "done") });
    await settle();
    expect(session.editor.text.value).toContain("Ada is well.");
    expect(session.editor.text.value).not.toContain("[NAME-1]");
    const [check] = client().checks;
    expect(check?.transcript).toBe("[patient] I am Ada.");
    expect(check?.statements[0]?.text).toBe("Ada is well.");
  });

  it("does nothing while it is off", async () => {
    const { session, client } = await readyStage("", { mask });
    session.type("[patient] I am Ada.");
    session.generate();
    expect(client().notes[0]?.request.transcript).toBe("[patient] I am Ada.");
  });
});

describe("a visit as a whole", () => {
  it("goes and comes back with its note, its name and its identity", async () => {
    const { session, client, settle } = await readyStage();
    session.type("[patient] I am well.  ");
    session.title.value = "A. B., check-up";
    session.generate();
    client().notes[0]!.reply({ ok: true, value: makeNote("Well.", "done") });
    await settle();
    const kept = session.encounter();
    expect(kept).toMatchObject({ title: "A. B., check-up", transcript: "[patient] I am well." });
    expect(kept.model).toBe("small");
    expect(kept.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    session.clear();
    expect(session.encounter()).toMatchObject({
      title: "",
      transcript: "",
      note: null,
      model: null,
    });
    expect(session.encounter().id).not.toBe(kept.id);
    session.restore(kept);
    expect(session.encounter()).toEqual(kept);
    expect(session.editor.text.value).toContain("Well.");
  });
});
