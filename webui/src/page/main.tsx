import { hydrate } from "preact";

import { App } from "./app.tsx";
import { startClient } from "./client.ts";
import { copyText } from "./clipboard.ts";
import { Drafts } from "./draft.ts";
import { browserHost, isolate } from "./isolation.ts";
import { followWork, listenForKeys } from "./keys.ts";
import { parseOptions, withOption } from "./options.ts";
import { Session } from "./session.ts";
import { fetchSample, fetchSite, modelAddress } from "./site.ts";
import "./styles/index.css";
import { texts } from "./texts.ts";
import { watchUpdates } from "./updates.ts";

const drafts = new Drafts();

const session = new Session({
  options: parseOptions(location.search),
  startClient,
  fetchSite,
  modelAddress,
  fetchSample,
  saveDraft: (transcript) => drafts.saveTranscript(transcript),
  copyText,
  keepOption: (name, value) => {
    history.replaceState(null, "", withOption(location.href, name, value));
  },
  nextFrame: (work) => void requestAnimationFrame(work),
});

/** The static page is usable before this runs: what was typed into it by then counts. */
function takeOver(): void {
  const app = document.getElementById("app");
  if (!app) return;
  const typed = app.querySelector("textarea")?.value ?? "";
  hydrate(<App session={session} />, app);
  listenForKeys(session);
  followWork(session);
  drafts.follow(session, typed);
  void session.visits.start(drafts);
}

/** The model loads by itself, once the page has the isolation that it can get. */
async function start(): Promise<void> {
  let typing = false;
  addEventListener("input", () => (typing = true), { capture: true, once: true });
  const isolation = await isolate(browserHost(() => typing));
  if (isolation === "reloading") return;
  if (isolation === "insecure") session.notices.value = [texts.notices.insecure];
  if (isolation === "single") session.notices.value = [texts.notices.singleThread];
  watchUpdates(() => (session.notices.value = [...session.notices.value, texts.notices.update]));
  await session.open();
}

takeOver();
void start();
