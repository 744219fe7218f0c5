import { hydrate } from "preact";

import { App } from "./app.tsx";
import { browserModels } from "./browser-models.ts";
import { startClient } from "./client.ts";
import { copyText } from "./clipboard.ts";
import { Drafts } from "./draft.ts";
import { browserHost, isolate } from "./isolation.ts";
import { followWork, listenForKeys } from "./keys.ts";
import { followLanguage } from "./language.ts";
import { maskTranscript } from "./masker.ts";
import { parseOptions, withOption } from "./options.ts";
import { listenForPrint } from "./print.tsx";
import { withholdPeerConnections } from "./privacy.ts";
import { Session } from "./session.ts";
import { fetchSample, fetchSite, modelAddress } from "./site.ts";
import "./styles/index.css";
import { texts } from "./texts.ts";
import { askServiceWorker } from "./updates.ts";

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
  modelStore: browserModels(),
  mask: maskTranscript,
  nextFrame: (work) => void requestAnimationFrame(work),
});

/** The static page is usable before this runs: what was typed into it by then counts. */
function takeOver(): void {
  const app = document.getElementById("app");
  if (!app) return;
  const typed = app.querySelector("textarea")?.value ?? "";
  hydrate(<App session={session} />, app);
  followLanguage();
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
  session.updates.watch();
  void tellRepairs();
  await session.open();
}

/** Damaged files of the page are replaced before it opens, and told. */
async function tellRepairs(): Promise<void> {
  const { repaired = [] } = (await askServiceWorker()) ?? {};
  if (repaired.length === 0) return;
  session.notices.value = [...session.notices.value, texts.updates.repaired(repaired)];
}

listenForPrint(session);
withholdPeerConnections();
session.requests.watch();
takeOver();
void start();
