/** What the tabs of this page tell each other about kept visits. Nothing of a visit is among it. */
export type TabMessage =
  | { type: "on" | "off" | "locked" | "active" | "settings" }
  /** The revision is null where only the title changed. */
  | { type: "changed"; id: string; revision: number | null }
  | { type: "deleted"; ids: string[] };

const NAME = "browser-scribe-visits";

/** Without BroadcastChannel nothing is heard; stored revisions still keep tabs from overwriting. */
export class TabChannel {
  readonly #channel: BroadcastChannel | null;

  constructor(heard: (message: TabMessage) => void) {
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => heard(data));
  }

  post(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
