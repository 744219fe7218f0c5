/** The page as static HTML, rendered while the site is built. */
import renderToString from "preact-render-to-string";

import { App } from "./app.tsx";
import { parseOptions } from "./options.ts";
import { Session } from "./session.ts";
import { texts } from "./texts.ts";

export interface Shell {
  language: string;
  title: string;
  description: string;
  noScript: string;
  /** What the service worker shows in place of a damaged page. */
  damaged: { heading: string; sentence: string };
  /** Content of the element `#app`. */
  html: string;
}

/** An untouched session does nothing, so none of what it needs is there. */
const nothing = (): never => {
  throw new Error("the static page has no session");
};

export function renderShell(): Shell {
  const session = new Session({
    options: parseOptions(""),
    startClient: nothing,
    fetchSite: nothing,
    modelAddress: nothing,
    fetchSample: nothing,
    saveDraft: nothing,
    copyText: nothing,
    keepOption: nothing,
    nextFrame: nothing,
  });
  const { language, title, description, noScript } = texts;
  return {
    language,
    title,
    description,
    noScript,
    damaged: texts.updates.damaged,
    html: renderToString(<App session={session} />),
  };
}
